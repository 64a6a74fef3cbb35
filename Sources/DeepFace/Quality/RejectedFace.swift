/// A face that was turned away because its quality is below the bar (`Options.minimumQuality`).
public struct RejectedFace: Sendable, Codable, Equatable {
    public let facialArea: FacialArea
    /// How sure the detector is, two decimals.
    public let confidence: Double
    public let quality: FaceQuality
    /// What keeps it below the bar, the worst first.
    public let reasons: [QualityReason]
    /// What its quality would have to be.
    public let bar: Double

    enum CodingKeys: String, CodingKey {
        case confidence, quality, reasons, bar
        case facialArea = "facial_area"
    }

    init(_ face: AlignedFace, _ quality: FaceQuality, bar: Double) {
        facialArea = face.area
        confidence = face.score.rounded(toPlaces: 2)
        self.quality = quality
        reasons = quality.reasons(below: bar)
        self.bar = bar
    }
}

extension RejectedFace: CustomStringConvertible {
    /// One line, as errors are.
    public var description: String {
        "the face of \(facialArea.w) x \(facialArea.h) at (\(facialArea.x), \(facialArea.y)) is \(why)"
    }

    /// Its quality in words, and what lowers it.
    public var why: String {
        "of quality \(quality.score), below \(bar): \(reasons.map(\.rawValue).joined(separator: ", "))"
    }
}

extension DeepFaceError {
    /// - Parameter rejected: all faces of a photo; at least one.
    static func allRejected(_ rejected: [RejectedFace]) -> DeepFaceError {
        let best = rejected.max { $0.quality.score < $1.quality.score }
        let words = best?.why ?? "rejected"
        return DeepFaceError(
            .lowQuality,
            rejected.count == 1 ? "the face is \(words)" : "the best of \(rejected.count) faces is \(words)",
            advice: "take a better photo, or lower --min-quality")
    }
}

/// What a photo shows: the faces that are good enough, and those that were turned away.
public struct PhotoFaces<Face: Sendable>: Sendable {
    public var faces: [Face]
    public var rejected: [RejectedFace]

    public init(faces: [Face], rejected: [RejectedFace] = []) { (self.faces, self.rejected) = (faces, rejected) }

    /// The same with other faces.
    public func map<Other: Sendable>(_ change: (Face) -> Other) -> PhotoFaces<Other> {
        PhotoFaces<Other>(faces: faces.map(change), rejected: rejected)
    }
}
