import DeepFace
import Foundation
import NIOPosix

extension Route {
    static let extract = Route(.post, "/v1/extract", .role(.read)) { call in
        let form = try await call.form()
        var options = try call.options(form)
        options.measuresQuality = true
        let image = try await call.backend.images.source("image", of: form)
        return try Reply.json(
            await call.backend.work { [options] in
                let photo = try await call.backend.deepface.photo(image)
                let shown = try await call.backend.deepface.extractPhotos([.pixels(photo)], options: options)[0].get()
                return Extraction(
                    width: photo.width, height: photo.height, faces: try await ExtractedFaceReply.all(shown.faces),
                    rejected: shown.rejectedOrNone)
            })
    }
}

private struct Extraction: Encodable {
    let width, height: Int
    let faces: [ExtractedFaceReply]
    let rejected: [RejectedFace]?
}

/// A face with its picture.
private struct ExtractedFaceReply: Encodable {
    let facialArea: FacialArea
    let confidence: Double
    let image: String
    let quality: FaceQuality?
    let isReal: Bool?
    let antispoofScore: Double?

    enum CodingKeys: String, CodingKey {
        case confidence, image, quality
        case facialArea = "facial_area"
        case isReal = "is_real"
        case antispoofScore = "antispoof_score"
    }

    /// Pixels of a picture's longer side; larger faces are scaled down.
    private static let maximumSide = 1024

    /// Pictures are packed off Swift's own threads.
    static func all(_ faces: [ExtractedFace]) async throws -> [ExtractedFaceReply] {
        try await NIOThreadPool.singleton.runIfActive { try faces.map { try ExtractedFaceReply($0) } }
    }

    private init(_ face: ExtractedFace) throws {
        facialArea = face.facialArea
        confidence = face.confidence
        quality = face.quality
        isReal = face.liveness?.isReal
        antispoofScore = face.liveness?.score
        var picture = face.image
        let side = max(picture.width, picture.height)
        if side > Self.maximumSide {
            let (width, height) = (picture.width * Self.maximumSide / side, picture.height * Self.maximumSide / side)
            picture = try picture.scaled(width: max(1, width), height: max(1, height))
        }
        image = "data:image/png;base64," + (try picture.png()).base64EncodedString()
    }
}
