import DeepFace

/// What was measured when an ensemble was trained: it, its rivals and each single distance on pairs that they had not
/// learned from.
public struct TrainingReport: Sendable, Codable, Equatable {
    public let pairs, same, different: Int
    /// People, as far as the pairs of one person tell photos of one from photos of others.
    public let people: Int
    /// SHA-256 over the pairs' names and truths, whatever their order.
    public let pairsDigest: String
    /// By folds of the file; or by folds of people and by folds of pairs. The first decides what is kept.
    public let validations: [Validation]
    /// Which is kept, and why.
    public let kept: String

    /// How pairs were parted.
    public enum Scheme: String, Sendable, Codable {
        /// As the pairs file says.
        case given
        /// Nobody is in pairs that are learned from and in pairs that are judged.
        case people
        /// Each pair by itself.
        case pairs
    }

    public struct Validation: Sendable, Codable, Equatable {
        public let by: Scheme
        public let folds: Int
        public let results: [Result]
        public let comparisons: [Rivalry]
    }

    public struct Result: Sendable, Codable, Equatable {
        /// A feature's, or the learned model's kind.
        public let name: String
        /// Right verdicts; a pair that could not be compared counts as judged "different".
        public let right: Int
        /// Their share, 0 to 1.
        public let accuracy: Double
        /// `nil` where it cannot be told.
        public let equalErrorRate, area: Double?

        enum CodingKeys: String, CodingKey {
            case name, right, accuracy
            case equalErrorRate = "eer"
            case area = "auc"
        }
    }

    /// A learned model against the best single distance.
    public struct Rivalry: Sendable, Codable, Equatable {
        public let name, single: String
        /// Of the shares of right verdicts; above 0 where the learned model is right more often.
        public let difference: Double
        /// Between which differences the true one lies, 95 % sure.
        public let interval: [Double]
        public let onlyLearnedRight, onlySingleRight: Int
        /// How likely so uneven a split is where both are as good.
        public let chance: Double
        public let isMoreThanNoise: Bool
        /// All that in words.
        public let summary: String

        enum CodingKeys: String, CodingKey {
            case name, single, difference, interval, summary
            case onlyLearnedRight = "only_learned_right"
            case onlySingleRight = "only_single_right"
            case chance = "p_value"
            case isMoreThanNoise = "more_than_noise"
        }
    }

    enum CodingKeys: String, CodingKey {
        case pairs, same, different, people, kept
        case pairsDigest = "pairs_digest"
        case validations = "cross_validation"
    }
}

extension TrainingReport.Result {
    init(_ outcome: CrossValidation.Outcome) {
        name = outcome.name
        right = outcome.right
        accuracy = (Double(outcome.right) / Double(max(1, outcome.isRight.count))).rounded(toPlaces: 6)
        equalErrorRate = outcome.equalErrorRate?.rounded(toPlaces: 6)
        area = outcome.area?.rounded(toPlaces: 6)
    }
}

extension TrainingReport.Validation {
    init(_ validation: CrossValidation, _ people: PairPeople) {
        by = validation.splits.scheme
        folds = validation.splits.folds
        results = validation.outcomes.map(TrainingReport.Result.init)
        let best = validation.bestSingle
        comparisons = [Learner.logistic, .boosted].compactMap { learner in
            guard let best, let outcome = validation.outcome(of: learner) else { return nil }
            return TrainingReport.Rivalry(outcome, best, people)
        }
    }
}
