import DeepFace

/// An ensemble's evaluation as JSON: its members' report, with `ensemble` beside the rest.
public struct EnsembleEvaluationDocument: Encodable, Sendable {
    private let report: EnsembleEvaluationReport
    private let times: Bool

    /// - Parameter times: whether to say how long photos took. Default: true.
    public init(_ report: EnsembleEvaluationReport, times: Bool = true) { (self.report, self.times) = (report, times) }

    enum CodingKeys: CodingKey { case ensemble }

    public func encode(to encoder: any Encoder) throws {
        try ReportDocument(report.members, times: times).encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Part(report), forKey: .ensemble)
    }

    private struct Part: Encodable {
        let kind: Ensemble.Kind
        let threshold: Double
        let features: [String]
        let allPairs, withFaces: Measures
        let isOfTraining: Bool

        init(_ report: EnsembleEvaluationReport) {
            kind = report.ensemble.kind
            threshold = report.ensemble.threshold
            features = report.ensemble.features.map(\.name)
            (allPairs, withFaces) = (report.allPairs, report.withFaces)
            isOfTraining = report.isOfTraining
        }

        enum CodingKeys: String, CodingKey {
            case kind, threshold, features
            case allPairs = "all_pairs"
            case withFaces = "pairs_with_faces"
            case isOfTraining = "trained_on_these_pairs"
        }
    }
}
