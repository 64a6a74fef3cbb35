import BigInt
import DeepFace
import Foundation

/// A protected template whose numbers only the holder of the secret key can read, and with which somebody else can
/// still compute distances.
public struct EncryptedTemplate: Sendable, Codable {
    public let version: Int
    /// Of the key pair.
    public let encryptionKeyID: String
    public let dimensions: Int
    /// Numbers are in units of 2^exponent, the least power of two that is not below the vector's length: this much of
    /// it can be read.
    public let exponent: Int
    /// Ciphertexts of packed numbers.
    package let blocks: [Data]
    /// The ciphertext of the squared length.
    let square: Data
    public let facialArea: FacialArea
    public let faceConfidence: Double
    public let protection: Protection
    public let recipe: EmbeddingRecipe

    enum CodingKeys: String, CodingKey {
        case dimensions, exponent, blocks, square, protection, recipe
        case version = "encrypted_template"
        case encryptionKeyID = "encryption_key_id"
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }

    /// Bytes of all ciphertexts.
    public var size: Int { blocks.reduce(square.count) { $0 + $1.count } }
}

extension PaillierPublicKey {
    /// Encrypts templates: of each other ciphertexts every time.
    ///
    /// - Throws: `invalidOption` for templates of signs; `invalidEmbedding` for one of zeros.
    public func encrypt(_ templates: [ProtectedTemplate]) throws(DeepFaceError) -> [EncryptedTemplate] {
        let packing = Packing(bits: bits)
        let uses = templates.reduce(0) { $0 + packing.blocks($1.embedding?.count ?? 0) + 1 }
        let blinder = blinder(uses: uses)
        return try templates.map { template throws(DeepFaceError) in
            guard let embedding = template.embedding else {
                throw DeepFaceError(
                    .invalidOption, "a template of signs cannot be encrypted",
                    advice: "represent without --protect-codes")
            }
            let exponent = Packing.exponent(of: embedding)
            guard embedding.contains(where: { $0 != 0 }), (-64...64).contains(exponent) else {
                throw DeepFaceError(.invalidEmbedding, "a template of zeros, or of a length that makes no sense")
            }
            let numbers = Packing.whole(embedding, exponent: exponent)
            return EncryptedTemplate(
                version: 1, encryptionKeyID: id, dimensions: numbers.count, exponent: exponent,
                blocks: packing.packed(numbers).map { encrypt($0, blinder).serialize() },
                square: encrypt(packing.placed(Packing.square(numbers)), blinder).serialize(),
                facialArea: template.facialArea, faceConfidence: template.faceConfidence,
                protection: template.protection, recipe: template.recipe)
        }
    }
}

extension TemplateFile where Template == EncryptedTemplate {
    /// What `deepface protect encrypt` has printed.
    ///
    /// - Throws: `unreadableInput`.
    public init(contentsOf path: String) throws(DeepFaceError) {
        try self.init(
            contentsOf: path, of: "encrypted templates",
            advice: "make it with: deepface protect encrypt FILE --public-key KEY")
    }
}
