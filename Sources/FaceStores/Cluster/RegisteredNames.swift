import DeepFace

extension FaceSearcher {
    /// Names for the faces of a gallery: each has that of the nearest registered face, within the threshold of a pair.
    ///
    /// - Throws: `recipeMismatch` when the gallery's faces were embedded in another way than the collection's;
    ///   `invalidOption` when there is no threshold.
    public nonisolated func naming(
        by collection: FaceCollection, _ options: Options, _ configuration: Configuration
    ) throws(DeepFaceError) -> FaceNaming {
        try collection.check(EmbeddingRecipe(options, configuration))
        let metric = options.metric ?? options.model.metric
        guard let threshold = options.model.thresholds[metric] else {
            throw DeepFaceError(
                .invalidOption, "\(options.model.name) has no threshold for \(metric.rawValue)",
                advice: "choose another metric")
        }
        return { (embeddings) async throws(DeepFaceError) in
            try await self.search(embeddings, in: collection, metric: metric, limit: 1, within: threshold)
                .map { $0.first?.sample.person }
        }
    }
}
