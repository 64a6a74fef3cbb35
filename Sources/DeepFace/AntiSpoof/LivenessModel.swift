import Inference

/// Tells live faces from photos, screens and masks held in front of the camera.
package protocol LivenessDetector: Sendable {
    /// One judgement a face, given the faces' areas in the photo they were found in. Blocks while it computes.
    func judge(_ areas: [FacialArea], in photo: Image) throws(DeepFaceError) -> [Liveness]
}

/// Whether a face is live.
public struct Liveness: Sendable, Equatable {
    public let isReal: Bool
    /// How sure the model is of that, 0 to 1.
    public let score: Double

    public init(isReal: Bool, score: Double) { (self.isReal, self.score) = (isReal, score) }
}

/// A liveness model: its name, what it needs and how it is made.
public struct LivenessModel: Sendable {
    public let name: String
    /// What it is, in a few words.
    public let summary: String
    let networks: [StoredNetwork]
    /// The detector, from `networks` in their order.
    let make: @Sendable ([any Network]) -> any LivenessDetector

    /// The weights it needs.
    public var files: [PublishedFile] { networks.flatMap(\.files) }
}

/// The liveness models there are. A new one is its own file and one line here.
public enum LivenessRegistry {
    public static let all: [LivenessModel] = [
        .fasNet
    ]
}
