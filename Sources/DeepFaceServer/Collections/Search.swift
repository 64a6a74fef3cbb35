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
        let image = try await call.backend.images.source("image", of: form)
        let shown = try await call.backend.work { [search] in
            try await call.backend.deepface.searchPhotos(
                [image], in: place.collection, with: place.searcher, search, options: options)[0].get()
        }
        return try Reply.json(Found(faces: shown.faces, rejected: shown.rejectedOrNone))
    }
}

private struct Found: Encodable {
    let faces: [SearchedFace]
    let rejected: [RejectedFace]?
}
