extension Route {
    static let deletePerson = Route(.delete, "/v1/collections/{collection}/people/{person}", .role(.write)) { call in
        let place = try await CollectionCall(call)
        try await place.store.delete([try await place.person(call)], of: place.collection)
        try await place.searcher.purge(place.collection)
        return Reply.nothing
    }
}
