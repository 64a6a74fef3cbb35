extension Route {
    static let deleteSample = Route(
        .delete, "/v1/collections/{collection}/samples/{sample}", .role(.write)
    ) { call in
        let place = try await CollectionCall(call)
        try await place.store.delete(samples: [try await place.sample(call).id], of: place.collection)
        try await place.searcher.purge(place.collection)
        return Reply.nothing
    }
}
