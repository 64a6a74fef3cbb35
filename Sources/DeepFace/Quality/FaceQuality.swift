/// How good a face's picture is for recognition, 0 (unusable) to 1, and why.
///
/// Everything is measured on the photo's own pixels where the face is, not on the aligned crop, which may be scaled up.
/// The score is the least of the parts': a face is as good as what is worst about it, and what is worst is the reason.
public struct FaceQuality: Sendable, Codable, Equatable {
    public let score: Double
    public let size: FaceSize
    public let sharpness: Sharpness
    public let pose: HeadPose
    public let exposure: Exposure
    public let occlusion: Occlusion
    /// The length of the face's embedding; `nil` unless the face was embedded by a model whose lengths tell of quality.
    /// It does not count in the score: what it means differs from model to model.
    public var embeddingNorm: Double?

    /// Raise when a change makes other scores of the same face.
    static let version = 1

    /// - Parameter face: in pixels of `photo`; its box may leave it.
    package init(of face: DetectedFace, in photo: Image) throws(DeepFaceError) {
        let sample = try FaceSample(face, in: photo)
        size = FaceSize(sample)
        sharpness = Sharpness(sample)
        pose = HeadPose(sample)
        exposure = Exposure(sample)
        occlusion = Occlusion(sample)
        let parts: [any QualityPart] = [size, sharpness, pose, exposure, occlusion]
        score = parts.compactMap { $0.score }.min() ?? 0
    }

    /// What the score is made of.
    private var parts: [any QualityPart] { [size, sharpness, pose, exposure, occlusion] }

    /// What keeps the score below `bar`, the worst first. Default: what is plainly poor.
    public func reasons(below bar: Double = 0.5) -> [QualityReason] {
        let low = parts.compactMap { part in part.score.map { (score: $0, reason: part.reason) } }
            .filter { $0.score < bar }
        return low.sorted { $0.score < $1.score }.map(\.reason)
    }

    enum CodingKeys: String, CodingKey {
        case score, reasons, size, sharpness, pose, exposure, occlusion
        case embeddingNorm = "embedding_norm"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        score = try container.decode(Double.self, forKey: .score)
        size = try container.decode(FaceSize.self, forKey: .size)
        sharpness = try container.decode(Sharpness.self, forKey: .sharpness)
        pose = try container.decode(HeadPose.self, forKey: .pose)
        exposure = try container.decode(Exposure.self, forKey: .exposure)
        occlusion = try container.decode(Occlusion.self, forKey: .occlusion)
        embeddingNorm = try container.decodeIfPresent(Double.self, forKey: .embeddingNorm)
    }

    /// The reasons are written too.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(score, forKey: .score)
        try container.encode(reasons(), forKey: .reasons)
        try container.encode(size, forKey: .size)
        try container.encode(sharpness, forKey: .sharpness)
        try container.encode(pose, forKey: .pose)
        try container.encode(exposure, forKey: .exposure)
        try container.encode(occlusion, forKey: .occlusion)
        try container.encodeIfPresent(embeddingNorm, forKey: .embeddingNorm)
    }
}

/// What is wrong with a face's picture.
public enum QualityReason: String, Sendable, Codable, CaseIterable {
    /// The face has few pixels.
    case small
    case blurred
    /// The face looks away from the camera.
    case turned
    case dark
    /// Much of the face is white.
    case bright
    /// Fog, or too little light: all of the face is nearly the same grey.
    case flat
    /// Part of the face lies outside the photo.
    case cut
    /// Something hides a side of the face, or a hard shadow does.
    case occluded
}

/// One thing that is measured of a face's picture. A new one is its own file and a line in `FaceQuality`.
public protocol QualityPart: Sendable, Codable, Equatable {
    /// 0 to 1, three decimals; `nil` where it cannot be measured, and then it does not count.
    var score: Double? { get }
    /// What is wrong where the score is low.
    var reason: QualityReason { get }
}

/// Where `value` lies between `low` (0) and `high` (1), three decimals.
func qualityRamp(_ value: Double, from low: Double, to high: Double) -> Double {
    min(1, max(0, (value - low) / (high - low))).rounded(toPlaces: 3)
}
