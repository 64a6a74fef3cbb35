import DeepFace

/// What learners are worth on pairs that they have not learned from.
struct CrossValidation: Sendable {
    /// A learner's verdicts.
    struct Outcome: Sendable {
        let learner: Learner
        let name: String
        /// Each pair's, in the order of the pairs.
        let scores: [PairScore]
        /// Whether the verdict on each pair is the truth.
        let isRight: [Bool]

        var right: Int { isRight.count { $0 } }
        var equalErrorRate: Double? { ROCCurve(scores)?.equalErrorRate }
        var area: Double? { ROCCurve(scores)?.area }

        /// Whether it is to be preferred: by right verdicts, then by equal error rate, then by area.
        func isBetter(than other: Outcome) -> Bool {
            func order(_ outcome: Outcome) -> (Int, Double, Double) {
                (outcome.right, -(outcome.equalErrorRate ?? 1), outcome.area ?? 0)
            }
            return order(self) > order(other)
        }
    }

    let splits: Splits
    let outcomes: [Outcome]

    /// - Parameter learned: hears of every part of every learner.
    init(
        _ table: PairTable, _ splits: Splits, _ learners: [(learner: Learner, name: String)], learned: () -> Void
    ) throws(DeepFaceError) {
        self.splits = splits
        var outcomes: [Outcome] = []
        for (learner, name) in learners {
            var scores = [PairScore?](repeating: nil, count: table.pairs.count)
            var isRight = [Bool](repeating: false, count: table.pairs.count)
            for part in splits.parts {
                let lesson = try learner.learn(table, part.training)
                for (place, score) in zip(part.testing, try learner.scores(table, part.testing, lesson)) {
                    scores[place] = score
                    isRight[place] = score.isRight(at: lesson.threshold)
                }
                learned()
            }
            outcomes.append(
                Outcome(learner: learner, name: name, scores: scores.compactMap(\.self), isRight: isRight))
        }
        self.outcomes = outcomes
    }

    /// The best of those that look at one feature; of equals the first.
    var bestSingle: Outcome? {
        outcomes.filter { if case .single = $0.learner { true } else { false } }
            .reduce(nil) { best, next in best.map { next.isBetter(than: $0) } ?? true ? next : best }
    }

    func outcome(of learner: Learner) -> Outcome? { outcomes.first { $0.learner == learner } }
}
