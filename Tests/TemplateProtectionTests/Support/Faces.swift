import DeepFace
import Foundation
import TemplateProtection
import TestSupport

/// Made-up faces, and keys.
enum Faces {
    /// A face of random numbers.
    static func random(_ dimensions: Int, seed: UInt64, scale: Float = 0.1) -> Representation {
        var numbers = RandomNumbers(seed)
        return face(numbers.gaussians(dimensions).map { $0 * scale })
    }

    static func face(_ embedding: [Float]) -> Representation {
        Representation(embedding: embedding, facialArea: FacialArea(x: 1, y: 2, w: 3, h: 4), faceConfidence: 0.9)
    }

    /// Another photo of the same face: some of its numbers are a little different.
    static func near(_ face: Representation, by part: Float, seed: UInt64) -> Representation {
        var numbers = RandomNumbers(seed)
        return Self.face(face.embedding.map { $0 + part * numbers.gaussian() })
    }

    static func options(_ model: RecognitionModel) -> Options {
        var options = Options()
        options.model = model
        return options
    }

    static func protector(
        _ key: ProtectionKey, _ model: RecognitionModel = .dlib, _ purpose: TemplateProtector.Purpose? = nil
    ) throws -> TemplateProtector {
        try TemplateProtector(key: key, recipe: EmbeddingRecipe(options(model)), model: model, purpose: purpose)
    }

    /// The key whose secret is the bytes 0 to 31.
    static func knownKey(in folder: TemporaryFolder) throws -> ProtectionKey {
        let secret = Data(0..<32).base64EncodedString()
        let file = folder.file("known.key").path
        let content = Data(#"{"format":"deepface-protection-key","version":1,"secret":"\#(secret)"}"#.utf8)
        try content.write(to: folder.file("known.key"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        return try ProtectionKey(contentsOf: file)
    }
}
