import Foundation

/// Everything that decides which embeddings a photo has: with the same recipe and the same photo they are the same.
public struct EmbeddingRecipe: Sendable, Codable, Equatable {
    public let model: String
    /// SHA-256 over the model's weights.
    public let weights: String
    public let detector: String
    /// SHA-256 over the detector's weights.
    public let detectorWeights: String
    public let align: Alignment
    public let normalization: Normalization
    /// Percent.
    public let expand: Int
    /// `nil`: all.
    public let maximumFaces: Int?
    public let enforceDetection: Bool
    public let antiSpoofing: Bool
    public let precision: String

    enum CodingKeys: String, CodingKey {
        case model, weights, align, normalization, expand, precision
        case detector = "detector_backend"
        case detectorWeights = "detector_weights"
        case maximumFaces = "max_faces"
        case enforceDetection = "enforce_detection"
        case antiSpoofing = "anti_spoofing"
    }

    /// Reads weights that have changed since they were last read; those that are not there count as "none".
    public init(_ options: Options, _ configuration: Configuration = Configuration()) {
        let store = WeightStore(home: configuration.home, checksDigests: false)
        func digest(_ files: [PublishedFile]) -> String {
            let digests = files.map { file in
                let digest = try? store.memo.sha256(ofFile: store.url(of: file).path)
                return digest ?? "none"
            }
            return WeightStore.sha256(Data(digests.joined(separator: " ").utf8))
        }
        model = options.model.name
        weights = digest(options.model.network.files)
        detector = options.detector.name
        detectorWeights = digest(options.detector.files)
        align = options.modelAlignment
        normalization = options.normalization
        expand = options.expand
        maximumFaces = options.maximumFaces
        enforceDetection = options.enforceDetection
        antiSpoofing = options.antiSpoofing
        precision = configuration.precision.rawValue
    }
}
