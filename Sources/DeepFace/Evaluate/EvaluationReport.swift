import Foundation

/// What an evaluation found.
public struct EvaluationReport: Sendable {
    public let pairs: [LabelledPair]
    package let folds: Folds
    /// How many photos stand in the pairs.
    public let photos: Int
    /// One for each combination of model, detector, alignment and metric.
    public let results: [EvaluationResult]
    public let skipped: [Skipped]

    package init(
        pairs: [LabelledPair], folds: Folds, photos: Int, results: [EvaluationResult], skipped: [Skipped]
    ) {
        (self.pairs, self.folds, self.photos) = (pairs, folds, photos)
        (self.results, self.skipped) = (results, skipped)
    }

    /// A combination that cannot be done.
    public struct Skipped: Sendable, Equatable, Encodable {
        public let model, detector: String
        public let align: Alignment
        public let reason: String

        package init(model: String, detector: String, align: Alignment, reason: String) {
            (self.model, self.detector, self.align, self.reason) = (model, detector, align, reason)
        }

        enum CodingKeys: String, CodingKey {
            case model, align, reason
            case detector = "detector_backend"
        }
    }
}
