import Foundation

/// A face cut out of its photo.
public struct ExtractedFace: Sendable {
    /// The face: aligned and cut out, not yet scaled to a model's input unless alignment is by landmarks.
    public let image: Image
    public let facialArea: FacialArea
    /// How sure the detector is, two decimals; 0 where nothing was detected and the whole photo was taken.
    public let confidence: Double
    /// Whether it is a live face; `nil` where that was not asked.
    public let liveness: Liveness?
    /// How good its picture is; `nil` where that was not asked.
    public let quality: FaceQuality?
}

/// A face as numbers.
public struct Representation: Sendable, Codable {
    public let embedding: [Float]
    public let facialArea: FacialArea
    /// How sure the detector is, two decimals.
    public let faceConfidence: Double
    /// How good its picture is; `nil` where that was not asked.
    public let quality: FaceQuality?

    public init(
        embedding: [Float], facialArea: FacialArea, faceConfidence: Double, quality: FaceQuality? = nil
    ) {
        self.embedding = embedding
        self.facialArea = facialArea
        self.faceConfidence = faceConfidence
        self.quality = quality
    }

    enum CodingKeys: String, CodingKey {
        case embedding, quality
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }
}

/// Whether two photos show the same person. The keys are Python's, and `align`.
public struct Verification: Sendable, Codable {
    /// Whether `distance` is at most `threshold`.
    public let verified: Bool
    /// Between the two closest faces, six decimals.
    public let distance: Double
    public let threshold: Double
    /// How sure the distance makes one of the verdict at the model's own threshold, in percent.
    public let confidence: Double
    public let model: String
    public let detectorBackend: String
    public let similarityMetric: DistanceMetric
    public let align: Alignment
    /// The two faces that were compared.
    public let facialAreas: FacialAreas
    /// Seconds, two decimals.
    public let time: Double

    public struct FacialAreas: Sendable, Codable {
        public let img1, img2: FacialArea
    }

    /// The same, with the time it took.
    ///
    /// - Parameter seconds: rounded to two decimals here.
    public func taking(seconds: Double) -> Verification {
        Verification(
            verified: verified, distance: distance, threshold: threshold, confidence: confidence, model: model,
            detectorBackend: detectorBackend, similarityMetric: similarityMetric, align: align,
            facialAreas: facialAreas, time: seconds.rounded(toPlaces: 2))
    }

    enum CodingKeys: String, CodingKey {
        case verified, distance, threshold, confidence, model, align, time
        case detectorBackend = "detector_backend"
        case similarityMetric = "similarity_metric"
        case facialAreas = "facial_areas"
    }
}
