import DeepFace
import Foundation

/// A face as numbers or signs that tell whose it is only to holders of the key.
public struct ProtectedTemplate: Sendable, Codable {
    /// As many numbers as the embedding had; `nil` for signs.
    public let embedding: [Float]?
    /// Signs, eight a byte, the first in the lowest bit; `nil` for numbers.
    public let code: Data?
    public let facialArea: FacialArea
    /// How sure the detector was, two decimals.
    public let faceConfidence: Double
    public let protection: Protection
    /// How the embedding was made.
    public let recipe: EmbeddingRecipe

    enum CodingKeys: String, CodingKey {
        case embedding, code, protection, recipe
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }

    init(
        embedding: [Float]? = nil, code: Data? = nil, facialArea: FacialArea, faceConfidence: Double,
        protection: Protection, recipe: EmbeddingRecipe
    ) {
        (self.embedding, self.code, self.facialArea) = (embedding, code, facialArea)
        (self.faceConfidence, self.protection, self.recipe) = (faceConfidence, protection, recipe)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        embedding = try container.decodeIfPresent([Float].self, forKey: .embedding)
        code = try container.decodeIfPresent(Data.self, forKey: .code)
        facialArea = try container.decode(FacialArea.self, forKey: .facialArea)
        faceConfidence = try container.decode(Double.self, forKey: .faceConfidence)
        protection = try container.decode(Protection.self, forKey: .protection)
        recipe = try container.decode(EmbeddingRecipe.self, forKey: .recipe)
        let isWhole =
            if protection.scheme == .signs {
                embedding == nil && code.map { 8 * $0.count == protection.bits } ?? false
            } else {
                code == nil && embedding.map { !$0.isEmpty && $0.allSatisfy(\.isFinite) } ?? false
            }
        guard isWhole else {
            throw DecodingError.dataCorruptedError(
                forKey: .protection, in: container, debugDescription: "the template is not of its scheme")
        }
    }
}

extension ProtectedTemplate {
    /// The distance of two templates, six decimals.
    ///
    /// - Throws: `recipeMismatch`, `invalidOption`, `invalidEmbedding`.
    public func distance(
        to other: ProtectedTemplate, by metric: DistanceMetric? = nil
    ) throws(DeepFaceError) -> Double {
        try protection.check(recipe, embedding?.count, other)
        let metric = try protection.metric(metric, model: recipe.model)
        if let code, let others = other.code {
            let differing = zip(code, others).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
            return (Double(differing) / Double(8 * code.count) * 1e6).rounded(.toNearestOrEven) / 1e6
        }
        return try metric.roundedDistance(embedding ?? [], other.embedding ?? [])
    }
}
