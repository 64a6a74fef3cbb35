import Foundation

/// The parts that accuracy is measured on in turn, each with the threshold that suits the others.
package struct Folds: Sendable {
    /// Each pair's part.
    package let numbers: [Int]
    /// Whether the pairs file says which pair is in which.
    package let areGiven: Bool

    package var count: Int { Set(numbers).count }

    /// The file's folds, else `count` of our own: each has its share of both kinds of pairs, and which pair is in which
    /// depends on the pairs' names alone, not on their order. A pair that stands twice is in one fold both times.
    package init(_ pairs: [LabelledPair], count: Int = 10) {
        let given = pairs.compactMap(\.fold)
        areGiven = given.count == pairs.count
        if areGiven {
            numbers = given
            return
        }
        let keys = pairs.map { pair in
            WeightStore.sha256(Data([pair.first, pair.second].sorted().joined(separator: "\0").utf8))
        }
        var folds: [String: Int] = [:]
        for same in [true, false] {
            let members = Set(zip(pairs, keys).filter { $0.0.same == same }.map(\.1)).sorted()
            for (rank, key) in members.enumerated() { folds[key] = rank % count + 1 }
        }
        numbers = keys.map { folds[$0, default: 1] }
    }
}
