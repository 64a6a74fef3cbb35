import DeepFace
import FaceStores

extension Route {
    static let search = Route(.post, "/v1/collections/{collection}/search", .role(.read)) { call in
        let place = try await CollectionCall(call)
        let form = try await call.form()
        let options = try place.options(call, form)
        var search = RegisteredSearch()
        search.limit = try form.whole("k", in: 1...1000)
        search.beyondThreshold = try form.bool("beyond_threshold") ?? false
        search.approximate = try form.bool("approximate") ?? false
        search.filter = try form.text("where").map { text throws(DeepFaceError) in try AttributeFilter(text) }
        let image = try await call.backend.images.source("image", of: form)
        let faces = try await call.backend.work { [search] in
            try await call.backend.deepface.searchFaces(
                [image], in: place.collection, with: place.searcher, search, options: options)[0].get()
        }
        return try Reply.json(["faces": faces])
    }
}
