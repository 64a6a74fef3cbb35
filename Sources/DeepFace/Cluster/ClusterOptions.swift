/// How the faces of photos are grouped into people.
public struct ClusterOptions: Sendable {
    /// Fewer faces than this are left out. Default: 2.
    public var leastSize = 2
    /// The largest mean distance of one person's faces. Default: `nil`, the model's for the metric.
    public var threshold: Double?
    /// Whether sub-folders are people's names. Default: false.
    public var namesFromFolders = false

    public init(leastSize: Int = 2, threshold: Double? = nil) {
        (self.leastSize, self.threshold) = (leastSize, threshold)
    }

    /// The threshold for a model's distances.
    ///
    /// - Throws: `invalidOption`.
    package func threshold(_ model: RecognitionModel, _ metric: DistanceMetric) throws(DeepFaceError) -> Double {
        guard leastSize >= 1 else { throw DeepFaceError(.invalidOption, "a person has at least one face") }
        guard let threshold = threshold ?? model.clusterThreshold(metric) else {
            throw DeepFaceError(
                .invalidOption, "\(model.name) has no threshold for \(metric.rawValue)",
                advice: "give one with --threshold, or choose another metric")
        }
        guard threshold.isFinite, threshold >= 0 else {
            throw DeepFaceError(.invalidOption, "the threshold \(threshold) is not a distance")
        }
        return threshold
    }
}

/// Says whose faces these are, as far as it knows: a name or `nil` for each embedding.
public typealias FaceNaming = @Sendable (_ embeddings: [[Float]]) async throws(DeepFaceError) -> [String?]
