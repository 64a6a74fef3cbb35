extension Route {
    static let showCollection = Route(.get, "/v1/collections/{collection}", .role(.read)) { call in
        let place = try await CollectionCall(call)
        return try Reply.json(await CollectionReply(place.collection, in: place.store))
    }
}
