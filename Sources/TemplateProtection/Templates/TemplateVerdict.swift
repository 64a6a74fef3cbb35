import DeepFace

/// Whether two templates show the same person.
public struct TemplateVerdict: Sendable, Codable {
    /// Whether `distance` is at most `threshold`.
    public let verified: Bool
    /// Six decimals.
    public let distance: Double
    public let threshold: Double
    /// As `verify` tells it, in percent.
    public let confidence: Double
    public let model: String
    public let similarityMetric: DistanceMetric
    public let protection: Protection

    enum CodingKeys: String, CodingKey {
        case verified, distance, threshold, confidence, model, protection
        case similarityMetric = "similarity_metric"
    }

    /// - Parameters:
    ///   - model: the name of the model that the embeddings are of.
    ///   - threshold: the largest distance of one person; `nil`: the model's for the metric.
    /// - Throws: `invalidOption` when nobody knows a threshold.
    init(
        distance: Double, by metric: DistanceMetric, model: String, threshold: Double?, protection: Protection
    ) throws(DeepFaceError) {
        let known = try? RecognitionRegistry.model(named: model)
        let own = known?.thresholds[metric]
        guard let threshold = threshold ?? own else {
            throw DeepFaceError(
                .invalidOption, "\(model) has no threshold for \(metric.rawValue)", advice: "give one with --threshold")
        }
        (self.distance, self.threshold, self.model) = (distance, threshold, model)
        (similarityMetric, self.protection) = (metric, protection)
        verified = distance <= threshold
        let isSure = distance <= own ?? threshold
        confidence =
            known?.confidence(metric, distance: distance, verified: isSure) ?? (verified ? 51 : 49)
    }

    /// The verdict on the two closest faces of two photos.
    ///
    /// - Throws: `recipeMismatch`, `invalidOption`; `noFace` when a photo has none.
    public init(
        _ first: [ProtectedTemplate], _ second: [ProtectedTemplate], metric: DistanceMetric? = nil,
        threshold: Double? = nil
    ) throws(DeepFaceError) {
        var closest: (distance: Double, template: ProtectedTemplate)?
        for one in first {
            for other in second {
                let distance = try one.distance(to: other, by: metric)
                if closest.map({ distance < $0.distance }) ?? true { closest = (distance, one) }
            }
        }
        guard let (distance, template) = closest else {
            throw DeepFaceError(.noFace, "there is no template to compare")
        }
        try self.init(
            distance: distance, by: template.protection.metric(metric, model: template.recipe.model),
            model: template.recipe.model, threshold: threshold,
            protection: template.protection)
    }
}
