/// What a gallery knows of one photo: its faces, or why it has none.
package struct GalleryPhoto: Sendable, Codable {
    package var file: PhotoFile
    package let digest: ContentDigest
    package internal(set) var faces: [Face]
    package let failure: Failure?

    package struct Face: Sendable, Codable {
        /// Pixels.
        package let x, y, w, h: Int32
        /// The detector's, two decimals.
        package let confidence: Double
        package var embedding: [Float] { bytes.numbers }
        private let bytes: EmbeddingBytes
        /// `nil`: nothing was read.
        var attributes: AttributeRow?

        package init(
            x: Int32, y: Int32, w: Int32, h: Int32, confidence: Double, embedding: [Float],
            attributes: AttributeRow? = nil
        ) {
            self.attributes = attributes
            (self.x, self.y, self.w, self.h) = (x, y, w, h)
            self.confidence = confidence
            bytes = EmbeddingBytes(embedding)
        }
    }

    package struct Failure: Sendable, Codable, Equatable {
        package enum Kind: UInt8, Sendable, Codable {
            case noFace = 1
            case unreadable = 2
        }
        package let kind: Kind
        package let reason: String

        package init(_ kind: Kind, _ reason: String) { (self.kind, self.reason) = (kind, reason) }

        /// The failure of one photo; `nil` for an error that others would meet as well.
        init?(_ error: DeepFaceError) {
            switch error.code {
            case .noFace, .lowQuality: kind = .noFace
            case .unreadableInput: kind = .unreadable
            default: return nil
            }
            reason = error.message
        }
    }

    package init(file: PhotoFile, digest: ContentDigest, faces: [Face], failure: Failure? = nil) {
        (self.file, self.digest, self.faces, self.failure) = (file, digest, faces, failure)
    }

    /// The same content in another file.
    func at(_ file: PhotoFile) -> GalleryPhoto {
        var photo = self
        photo.file = file
        return photo
    }
}

extension GalleryPhoto.Face {
    init(_ face: Representation) {
        let area = face.facialArea
        self.init(
            x: Int32(clamping: area.x), y: Int32(clamping: area.y), w: Int32(clamping: area.w),
            h: Int32(clamping: area.h), confidence: face.faceConfidence, embedding: face.embedding)
    }
}
