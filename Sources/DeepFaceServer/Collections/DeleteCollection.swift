extension Route {
    static let deleteCollection = Route(.delete, "/v1/collections/{collection}", .role(.admin)) { call in
        let place = try await CollectionCall(call)
        try await place.searcher.delete(place.collection)
        return Reply.nothing
    }
}
