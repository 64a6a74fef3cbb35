import DeepFace

/// Knows the people of a collection.
public struct CollectionRecognizer: FaceRecognizer {
    private let searcher: FaceSearcher
    private let collection: FaceCollection
    private let metric: DistanceMetric
    private let threshold: Double

    /// - Throws: `recipeMismatch` where its faces were embedded in another way, `invalidOption` where there is no
    ///   threshold.
    public init(
        _ searcher: FaceSearcher, _ collection: FaceCollection, _ deepface: DeepFace, _ options: Options
    ) throws(DeepFaceError) {
        var embedded = options
        embedded.antiSpoofing = false
        try collection.check(EmbeddingRecipe(embedded, deepface.configuration))
        metric = options.metric ?? options.model.metric
        guard let threshold = options.threshold ?? options.model.thresholds[metric] else {
            throw DeepFaceError(
                .invalidOption, "\(options.model.name) has no threshold for \(metric.rawValue)",
                advice: "give one with --threshold, or choose another metric")
        }
        (self.searcher, self.collection, self.threshold) = (searcher, collection, threshold)
    }

    public func recognize(_ faces: [Representation]) async throws(DeepFaceError) -> [Recognition?] {
        try await searcher.search(
            faces.map(\.embedding), in: collection, metric: metric, limit: 1, within: threshold
        ).map { matches in
            matches.first.map { Recognition(person: $0.sample.person, distance: $0.distance) }
        }
    }
}
