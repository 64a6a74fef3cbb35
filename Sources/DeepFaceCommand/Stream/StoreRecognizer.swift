import DeepFace
import FaceStores
import Video

/// Knows the people of a collection.
struct StoreRecognizer: FaceRecognizer {
    private let searcher: FaceSearcher
    private let collection: FaceCollection
    private let metric: DistanceMetric
    private let threshold: Double

    /// - Throws: `recipeMismatch` where its faces were embedded in another way, `invalidOption` where there is no
    ///   threshold.
    init(
        _ store: any FaceStore, _ collection: FaceCollection, _ deepface: DeepFace, _ options: Options
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
        (searcher, self.collection, self.threshold) = (FaceSearcher(store), collection, threshold)
    }

    func recognize(_ faces: [Representation]) async throws(DeepFaceError) -> [Recognition?] {
        try await searcher.search(
            faces.map(\.embedding), in: collection, metric: metric, limit: 1, within: threshold
        ).map { matches in
            matches.first.map { Recognition(person: $0.sample.person, distance: $0.distance) }
        }
    }
}
