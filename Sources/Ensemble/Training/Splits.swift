import DeepFace

/// How pairs are parted for cross-validation: each is judged once, by what was learned from others.
package struct Splits: Sendable {
    /// Learning from some pairs, by their places, and judging others.
    package struct Part: Sendable {
        package let training, testing: [Int]
    }

    package let scheme: TrainingReport.Scheme
    package let folds: Int
    package let parts: [Part]

    /// What can be done with these pairs: by the file's folds; or by folds of pairs, and by folds of people.
    package static func all(_ table: PairTable, folds: Int) -> [Splits] {
        let dealt = Folds(table.pairs, count: folds)
        let byPairs = byNumbers(dealt.numbers, dealt.areGiven ? .given : .pairs)
        let found = dealt.areGiven ? [byPairs] : [byPeople(table, folds: folds), byPairs]
        return found.filter { $0.isSound(table) }
    }

    private static func byNumbers(_ numbers: [Int], _ scheme: TrainingReport.Scheme) -> Splits {
        let names = Set(numbers).sorted()
        let parts = names.map { fold in
            Part(
                training: numbers.indices.filter { numbers[$0] != fold },
                testing: numbers.indices.filter { numbers[$0] == fold })
        }
        return Splits(scheme: scheme, folds: names.count, parts: parts)
    }

    /// People are dealt into folds. Pairs of people of two folds are judged by what was learned from pairs of people of
    /// neither, so nobody is in both.
    private static func byPeople(_ table: PairTable, folds: Int) -> Splits {
        let numbers = table.people.numbers
        var own = [Int](repeating: 0, count: table.people.count)
        for (pair, people) in zip(table.pairs, numbers) where pair.same { own[people.0] += 1 }
        // Who has most pairs goes first, each to the fold with the fewest.
        var load = [Int](repeating: 0, count: folds)
        var crowd = load
        var foldOf = [Int](repeating: 0, count: own.count)
        for person in own.indices.sorted(by: { (-own[$0], $0) < (-own[$1], $1) }) {
            let fold = load.indices.min { (load[$0], crowd[$0], $0) < (load[$1], crowd[$1], $1) } ?? 0
            foldOf[person] = fold
            load[fold] += own[person]
            crowd[fold] += 1
        }
        var parts: [Part] = []
        for one in 0..<folds {
            for other in one..<folds {
                let testing = numbers.indices.filter { pair in
                    let (first, second) = (foldOf[numbers[pair].0], foldOf[numbers[pair].1])
                    return min(first, second) == one && max(first, second) == other
                }
                if testing.isEmpty { continue }
                let held = [one, other]
                let training = numbers.indices.filter { pair in
                    !held.contains(foldOf[numbers[pair].0]) && !held.contains(foldOf[numbers[pair].1])
                }
                parts.append(Part(training: training, testing: testing))
            }
        }
        return Splits(scheme: .people, folds: folds, parts: parts)
    }

    /// Whether there is something of both kinds to learn from in each part.
    private func isSound(_ table: PairTable) -> Bool {
        parts.count > 1
            && parts.allSatisfy { part in
                let same = part.training.count { table.pairs[$0].same }
                return same >= Self.fewest && part.training.count - same >= Self.fewest
            }
    }

    private static let fewest = 4
}
