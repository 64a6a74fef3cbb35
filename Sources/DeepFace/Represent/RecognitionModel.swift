import Foundation
import Inference

/// A network that turns a face into an embedding: everything there is to know about it, in one value.
public struct RecognitionModel: Sendable {
    /// As Python DeepFace calls it.
    public let name: String
    /// What it is, in a few words.
    public let summary: String
    /// Length of its embeddings.
    public let dimensions: Int
    /// What its network takes.
    let input: Input
    /// The network and its weights.
    let network: StoredNetwork
    /// Where faces' points lie in the pictures it was trained with; `nil` where those were not aligned by points, or
    /// nobody says how.
    public let template: AlignmentTemplate?
    /// The faces it was trained with.
    public let training: String
    /// Accuracy on the pairs of Labeled Faces in the Wild, in percent, as its authors publish it; `nil` where they do
    /// not.
    public let lfw: Double?
    /// Below which distance two faces are the same person, a threshold a metric; `nil` where nobody has measured it.
    public let thresholds: MetricTable<Double?>
    /// How sure a distance makes one; `nil` where nobody has measured it.
    public var confidence: MetricTable<ConfidenceCurve>?
    /// Between which numbers those of its embeddings lie; `nil` where nobody has measured it.
    public var range: ClosedRange<Double>?
    /// The metric that separates people best at its threshold.
    public var metric = DistanceMetric.cosine
    /// Whether the length of an embedding tells how good the picture is: so it is with losses that look at directions
    /// alone and leave the length free (ArcFace and its kin).
    var normTellsQuality = false
    /// Weights it needs besides its network's.
    var companions: [PublishedFile] = []

    /// The weights it needs.
    public var files: [PublishedFile] { network.files + companions }
    /// How faces are aligned for it when nothing else is asked for: by landmarks where it has a template, else as
    /// Python DeepFace does.
    public var alignment: Alignment { template == nil ? .eyes : .landmarks }

    /// What a network takes: batch × 3 × `height` × `width`.
    struct Input: Sendable, Equatable {
        let width: Int
        let height: Int
        let channels: Channels
        let levels: Levels
        /// What is taken from the levels and what the rest is divided by, in the order of `channels`; with `bytes`
        /// only.
        var means: [Float] = [0, 0, 0]
        var deviations: [Float] = [1, 1, 1]

        enum Channels: Sendable { case bgr, rgb }
        enum Levels: Sendable {
            /// The normalized values as they are.
            case normalized
            /// Whole levels of 0 to 255; values of at most 1 are taken for 255ths, and fractions are cut as Python
            /// cuts.
            case bytes
        }
    }
}

extension RecognitionModel.Input {
    /// Faces as the network takes them.
    @Sendable func tensor(_ faces: [FaceInput]) -> Tensor {
        let count = width * height
        let values = [Float](unsafeUninitializedCapacity: faces.count * 3 * count) { target, initialized in
            for (index, face) in faces.enumerated() {
                let face = levels == .bytes ? face.quantized : face.values
                face.withUnsafeBufferPointer { face in
                    for channel in 0..<3 {
                        let source = channels == .bgr ? channel : 2 - channel
                        let (mean, deviation) = (means[channel], deviations[channel])
                        let plane = target.baseAddress! + (index * 3 + channel) * count
                        for place in 0..<count { plane[place] = (face[place * 3 + source] - mean) / deviation }
                    }
                }
            }
            initialized = faces.count * 3 * count
        }
        return Tensor(shape: [faces.count, 3, height, width], values: values)
    }
}

extension FaceInput {
    /// The values as levels of 0 to 255.
    fileprivate var quantized: [Float] {
        let scale: Float = values.contains { $0 > 1 } ? 1 : 255
        let half: Float = isExact ? 0.5 : 0
        return values.map { Float(Int32(min(255, max(0, $0 * scale + half)))) }
    }
}
