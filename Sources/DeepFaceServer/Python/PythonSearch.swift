import DeepFace
import FaceStores
import Foundation

extension Route {
    static let pythonSearch = Route(.post, "/search", .role(.read), style: .python(doing: "searching")) { call in
        let python = try await PythonCall(call)
        let store = try PythonStore(python)
        let image = try await python.image("img")
        var search = RegisteredSearch()
        search.metric = store.options.metric
        search.limit = try python.form.whole("k", in: 1...10_000)
        search.beyondThreshold = try python.form.bool("similarity_search") ?? false
        switch try python.form.text("search_method") ?? "exact" {
        case "exact": break
        case "ann": search.approximate = true
        default: throw Problem.invalid("search_method is neither exact nor ann")
        }
        let collection = try await store.registered()
        let faces = try await call.backend.work { [search] in
            try await call.backend.deepface.search(
                image, in: collection, with: store.searcher, search, options: store.options)
        }
        let method = search.approximate ? "ann" : "exact"
        return try Reply.json([
            "results": faces.map { matches in matches.map { PythonMatch($0, store, method: method) } }
        ])
    }
}

/// A row of Python's result, and `person`.
private struct PythonMatch: Encodable {
    let id: Int64
    let person, imgName, modelName, detectorBackend: String
    let aligned, l2Normalized: Bool
    let searchMethod: String
    // As there, the place of the face that was searched for.
    let targetX, targetY, targetW, targetH: Int
    let threshold, distance, confidence: Double
    let distanceMetric: DistanceMetric

    enum CodingKeys: String, CodingKey {
        case id, person, aligned, threshold, distance, confidence
        case imgName = "img_name"
        case modelName = "model_name"
        case detectorBackend = "detector_backend"
        case l2Normalized = "l2_normalized"
        case searchMethod = "search_method"
        case targetX = "target_x"
        case targetY = "target_y"
        case targetW = "target_w"
        case targetH = "target_h"
        case distanceMetric = "distance_metric"
    }

    init(_ match: RegisteredMatch, _ store: PythonStore, method: String) {
        (id, person, imgName) = (match.id, match.person, match.image)
        (modelName, detectorBackend) = (store.options.model.name, store.options.detector.name)
        (aligned, l2Normalized) = (store.options.alignment == .eyes, store.isNormalized)
        searchMethod = method
        (targetX, targetY, targetW, targetH) = (match.source.x, match.source.y, match.source.w, match.source.h)
        (threshold, distance, confidence) = (match.threshold, match.distance, match.confidence)
        distanceMetric = match.metric
    }
}
