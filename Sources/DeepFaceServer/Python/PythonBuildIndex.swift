import DeepFace
import FaceStores

extension Route {
    static let pythonBuildIndex = Route(
        .post, "/build/index", .role(.write), style: .python(doing: "building index")
    ) { call in
        let python = try await PythonCall(call)
        let store = try PythonStore(python)
        let collection = try await store.registered()
        try await call.backend.work {
            // Python's approximate search knows no metric of the request's: euclidean, or cosine of normalized ones.
            try await store.searcher.build(
                IndexChoice(), of: collection, metric: store.isNormalized ? .cosine : store.options.metric ?? .cosine)
        }
        return try Reply.json(["message": "Index built successfully"])
    }
}
