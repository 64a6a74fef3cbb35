import BigInt
import DeepFace
import Foundation

/// The squared distance of two templates, which only the holder of the secret key can read.
public struct EncryptedDistance: Sendable, Codable {
    public let version: Int
    public let encryptionKeyID: String
    /// The squared length that a distance of 1 stands for is 2^(2·exponent).
    public let exponent: Int
    package let value: Data
    public let protection: Protection
    public let recipe: EmbeddingRecipe

    enum CodingKeys: String, CodingKey {
        case exponent, value, protection, recipe
        case version = "encrypted_distance"
        case encryptionKeyID = "encryption_key_id"
    }
}

extension PaillierPublicKey {
    /// The distance of an encrypted template and one that is not: |x|² + |y|² − 2·x·y, with x encrypted.
    ///
    /// What is decrypted later is this number and random ones: nothing else of either template.
    ///
    /// - Throws: `recipeMismatch` when keys or recipes differ; `invalidEmbedding` when the second template is more than
    ///   four times as long as the first; `unreadableInput` for ciphertexts that make no sense.
    public func distance(
        _ encrypted: EncryptedTemplate, to other: ProtectedTemplate
    ) throws(DeepFaceError) -> EncryptedDistance {
        try check(encrypted.encryptionKeyID, encrypted.version)
        try encrypted.protection.check(encrypted.recipe, encrypted.dimensions, other)
        let packing = Packing(bits: bits)
        let blocks = encrypted.blocks.compactMap(ciphertext)
        guard let embedding = other.embedding, let square = ciphertext(encrypted.square),
            blocks.count == encrypted.blocks.count, blocks.count == packing.blocks(embedding.count),
            (-64...64).contains(encrypted.exponent)
        else { throw DeepFaceError(.unreadableInput, "the encrypted template is damaged") }
        let length = embedding.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length <= Packing.longest * exp2(Double(encrypted.exponent)) else {
            throw DeepFaceError(
                .invalidEmbedding, "the second template is more than four times as long as the encrypted one",
                advice: "encrypt the other one instead")
        }
        let numbers = Packing.whole(embedding, exponent: encrypted.exponent)
        let products = modulus.productOfPowers(
            zip(blocks, packing.exponents(numbers)).map { (base: $0, exponent: $1) })
        let rest = encrypt(packing.placed(Packing.square(numbers)) + packing.mask(), blinder(uses: 1))
        let value = modulus.product(modulus.product(products, modulus.number(square)), modulus.number(rest))
        return EncryptedDistance(
            version: 1, encryptionKeyID: id, exponent: encrypted.exponent,
            value: modulus.value(value).serialize(), protection: encrypted.protection, recipe: encrypted.recipe)
    }

    /// - Throws: `recipeMismatch` when something was encrypted with another key.
    private func check(_ keyID: String, _ version: Int) throws(DeepFaceError) {
        guard keyID == id, version == 1 else { throw PaillierSecretKey.other(keyID, id) }
    }
}

extension PaillierSecretKey {
    static func other(_ keyID: String, _ own: String) -> DeepFaceError {
        DeepFaceError(
            .recipeMismatch, "encrypted with the key \(keyID), not with \(own), or by another version of this program",
            advice: "name the key pair that it was encrypted with")
    }

    /// The distance, six decimals.
    ///
    /// - Throws: `recipeMismatch` when it was encrypted with another key, `invalidOption` when the templates' scheme has
    ///   no such distance, `unreadableInput` when it is damaged.
    public func distance(
        _ encrypted: EncryptedDistance, by metric: DistanceMetric
    ) throws(DeepFaceError) -> Double {
        guard encrypted.encryptionKeyID == id, encrypted.version == 1 else {
            throw Self.other(encrypted.encryptionKeyID, id)
        }
        let (n, value) = (p * q, BigUInt(encrypted.value))
        guard value > 0, value < n * n, (-64...64).contains(encrypted.exponent) else {
            throw DeepFaceError(.unreadableInput, "the encrypted distance is damaged")
        }
        let wanted = Packing(bits: n.bitWidth).wanted(decrypt(value))
        // Hiding the rest may take 1 from a distance of nothing.
        let square = exp2(Double(2 * (encrypted.exponent - Packing.fraction))) * Double(max(0, wanted))
        let distance =
            switch metric {
            case .euclidean, .euclideanL2: square.squareRoot()
            case .cosine: square / 2
            case .angular: acos(max(-1, 1 - square / 2)) / .pi
            }
        return (distance * 1e6).rounded(.toNearestOrEven) / 1e6
    }

    /// The verdict on the two closest faces.
    ///
    /// - Parameters:
    ///   - metric: one that the templates' scheme keeps; `nil`: the model's own.
    ///   - threshold: the largest distance of one person; `nil`: the model's for the metric.
    /// - Throws: as `distance`; `noFace` when there is no distance.
    public func verdict(
        on encrypted: [EncryptedDistance], metric: DistanceMetric? = nil, threshold: Double? = nil
    ) throws(DeepFaceError) -> TemplateVerdict {
        var closest: (distance: Double, metric: DistanceMetric, of: EncryptedDistance)?
        for one in encrypted {
            let metric = try one.protection.metric(metric, model: one.recipe.model)
            let distance = try distance(one, by: metric)
            if closest.map({ distance < $0.distance }) ?? true { closest = (distance, metric, one) }
        }
        guard let closest else { throw DeepFaceError(.noFace, "there is no distance to decrypt") }
        return try TemplateVerdict(
            distance: closest.distance, by: closest.metric, model: closest.of.recipe.model, threshold: threshold,
            protection: closest.of.protection)
    }
}

extension TemplateFile where Template == EncryptedDistance {
    /// What `deepface protect distance` has printed.
    ///
    /// - Throws: `unreadableInput`.
    public init(contentsOf path: String) throws(DeepFaceError) {
        try self.init(
            contentsOf: path, of: "encrypted distances", advice: "make it with: deepface protect distance")
    }
}
