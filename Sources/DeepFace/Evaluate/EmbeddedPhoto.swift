import Foundation

/// What a recipe made of one photo: its faces, or why there is none.
package struct EmbeddedPhoto: Codable, Sendable, Equatable {
    /// SHA-256 of the photo's bytes.
    package let photo: String
    /// What decoding, finding, aligning and embedding took.
    package let seconds: Double
    /// The faces' embeddings; empty where it has no face or cannot be read.
    package let faces: [[Float]]
    /// The faces' quality; `nil` where that was not asked.
    package let quality: [Double]?
    /// What measured it (`FaceQuality.version`).
    private let qualityVersion: Int?
    /// Why it has no faces.
    package let failure: Failure?

    package enum Failure: String, Codable, Sendable {
        case noFace = "no_face"
        case lowQuality = "low_quality"
        case spoof = "spoof_detected"
        case unreadable = "unreadable_input"

        /// The failure of one photo; `nil` for an error that all photos would meet.
        init?(_ error: DeepFaceError) {
            switch error.code {
            case .noFace: self = .noFace
            case .lowQuality: self = .lowQuality
            case .spoofDetected: self = .spoof
            case .unreadableInput: self = .unreadable
            default: return nil
            }
        }
    }

    /// - Parameter quality: one for each face.
    package init(
        photo: String, seconds: Double, faces: [[Float]], quality: [Double]? = nil, failure: Failure? = nil
    ) {
        (self.photo, self.seconds, self.faces, self.failure) = (photo, seconds, faces, failure)
        self.quality = quality
        qualityVersion = quality == nil ? nil : FaceQuality.version
    }

    /// Whether its faces' quality is known, as it is measured now.
    var hasQuality: Bool { failure != nil || quality?.count == faces.count && qualityVersion == FaceQuality.version }

    enum CodingKeys: String, CodingKey {
        case photo, seconds, faces, quality, failure
        case qualityVersion = "quality_version"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        photo = try container.decode(String.self, forKey: .photo)
        seconds = try container.decode(Double.self, forKey: .seconds)
        faces = try container.decode([EmbeddingBytes].self, forKey: .faces).map(\.numbers)
        quality = try container.decodeIfPresent([Double].self, forKey: .quality)
        qualityVersion = try container.decodeIfPresent(Int.self, forKey: .qualityVersion)
        failure = try container.decodeIfPresent(Failure.self, forKey: .failure)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(photo, forKey: .photo)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(faces.map(EmbeddingBytes.init), forKey: .faces)
        try container.encodeIfPresent(quality, forKey: .quality)
        try container.encodeIfPresent(qualityVersion, forKey: .qualityVersion)
        try container.encodeIfPresent(failure, forKey: .failure)
    }
}
