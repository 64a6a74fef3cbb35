import Foundation

/// A face and how good its picture is.
public struct AssessedFace: Sendable, Codable, Equatable {
    public let facialArea: FacialArea
    /// How sure the detector is, two decimals.
    public let confidence: Double
    public let quality: FaceQuality

    enum CodingKeys: String, CodingKey {
        case confidence, quality
        case facialArea = "facial_area"
    }
}

extension DeepFace {
    /// How good the pictures of the faces of each photo are for recognition, and why. Nothing is turned away. One
    /// photo's failure leaves the others' results as they are.
    ///
    /// Faces are embedded only for a model whose embeddings' lengths tell of quality too (ArcFace, Buffalo_L, SFace,
    /// GhostFaceNet).
    public func quality(
        _ photos: [ImageSource], options: Options? = nil
    ) async -> [Result<[AssessedFace], DeepFaceError>] {
        var options = options ?? self.options
        options.measuresQuality = true
        options.minimumQuality = 0
        options.antiSpoofing = false
        guard options.model.normTellsQuality else {
            return await extractFaces(photos, options: options).map { faces in
                faces.map { $0.compactMap { AssessedFace($0.facialArea, $0.confidence, $0.quality) } }
            }
        }
        return await represent(photos, options: options).map { faces in
            faces.map { $0.compactMap { AssessedFace($0.facialArea, $0.faceConfidence, $0.quality) } }
        }
    }

    /// How good the pictures of a photo's faces are for recognition, and why.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `weightsMissing`, `weightsDamaged`, `invalidOption`, `cancelled`.
    public func quality(_ photo: ImageSource, options: Options? = nil) async throws(DeepFaceError) -> [AssessedFace] {
        try await quality([photo], options: options)[0].get()
    }
}

extension AssessedFace {
    fileprivate init?(_ area: FacialArea, _ confidence: Double, _ quality: FaceQuality?) {
        guard let quality else { return nil }
        self.init(facialArea: area, confidence: confidence, quality: quality)
    }
}
