import Foundation

/// Everything that decides which embeddings a photo has: with the same recipe and the same photo they are the same.
public struct EmbeddingRecipe: Sendable, Codable, Equatable {
    public let model: String
    /// SHA-256 over the model's weights.
    public let weights: String
    public let detector: String
    /// SHA-256 over the weights of the detector, and of what finds landmarks.
    public let detectorWeights: String
    public let align: Alignment
    /// The size that photos are searched at: `auto`, `full`, or the longer side in pixels.
    public let detectionSize: String
    public let landmarks: String
    public let anyRotation: Bool
    public let normalization: Normalization
    /// Percent.
    public let expand: Int
    /// `nil`: all.
    public let maximumFaces: Int?
    public let enforceDetection: Bool
    public let antiSpoofing: Bool
    public let precision: String
    /// `nil`: no face is turned away.
    public let minimumQuality: Double?

    enum CodingKeys: String, CodingKey {
        case model, weights, align, landmarks, normalization, expand, precision
        case detector = "detector_backend"
        case detectorWeights = "detector_weights"
        case detectionSize = "detect_size"
        case anyRotation = "any_rotation"
        case maximumFaces = "max_faces"
        case enforceDetection = "enforce_detection"
        case antiSpoofing = "anti_spoofing"
        case minimumQuality = "min_quality"
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
        detectorWeights = digest(
            options.detector.files + [.fivePointPredictor]
                + (options.landmarks == .mesh ? StoredNetwork.faceMesh.files : []))
        align = options.modelAlignment
        detectionSize = options.detectionSize.name
        landmarks = options.landmarks.rawValue
        anyRotation = options.anyRotation
        normalization = options.normalization
        expand = options.expand
        maximumFaces = options.maximumFaces
        enforceDetection = options.enforceDetection
        antiSpoofing = options.antiSpoofing
        precision = configuration.precision.rawValue
        minimumQuality = options.minimumQuality > 0 ? options.minimumQuality : nil
    }
}

extension EmbeddingRecipe {
    /// In what the other recipe differs such that embeddings of both must not be compared, in words. Which faces of a
    /// photo are taken does not count.
    public func differences(from other: EmbeddingRecipe) -> [String] {
        var words: [String] = []
        func compare(_ what: String, _ one: String, _ other: String) {
            if one != other { words.append("\(what) \(one), not \(other)") }
        }
        compare("model", model, other.model)
        if model == other.model, weights != other.weights { words.append("other weights of \(model)") }
        compare("detector", detector, other.detector)
        compare("alignment", align.rawValue, other.align.rawValue)
        compare("landmarks", landmarks, other.landmarks)
        compare("normalization", normalization.rawValue, other.normalization.rawValue)
        compare("expand", "\(expand)", "\(other.expand)")
        return words
    }

    /// 16 hexadecimal digits that are other ones for every other recipe and `salt`.
    func digits(_ salt: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let key = (try? encoder.encode(self)).map { Data(salt.utf8) + $0 } ?? Data()
        return String(WeightStore.sha256(key).prefix(16))
    }

    /// A name for a file of this recipe's embeddings: a few words for people, and the digits.
    func fileName(_ salt: String) -> String {
        let words = [model, detector, align.rawValue].joined(separator: "-")
        let name = words.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" }
        return "\(String(name.prefix(80)))-\(digits(salt))"
    }
}

extension DetectionSize {
    fileprivate var name: String {
        switch self {
        case .automatic: "auto"
        case .full: "full"
        case .longestSide(let side): "\(side)"
        }
    }
}
