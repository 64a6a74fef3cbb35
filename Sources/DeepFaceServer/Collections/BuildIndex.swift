import DeepFace
import FaceStores

extension Route {
    static let buildIndex = Route(.post, "/v1/collections/{collection}/index", .role(.write)) { call in
        let place = try await CollectionCall(call)
        let start = ContinuousClock.now
        let metric = try RecognitionRegistry.model(knownAs: place.collection.recipe.model).metric
        try await call.backend.work {
            try await place.searcher.build(IndexChoice(), of: place.collection, metric: metric)
        }
        return try Reply.json(
            BuiltIndex(
                samples: try await place.store.sampleCount(of: place.collection),
                seconds: (ContinuousClock.now - start) / .seconds(1)))
    }
}

private struct BuiltIndex: Encodable {
    let samples: Int
    let seconds: Double
}
