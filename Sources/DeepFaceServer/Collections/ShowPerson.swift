import FaceStores

extension Route {
    static let showPerson = Route(.get, "/v1/collections/{collection}/people/{person}", .role(.read)) { call in
        let place = try await CollectionCall(call)
        let person = try await place.person(call)
        let samples = try await place.store.samples(of: person, in: place.collection)
        return try Reply.json(
            PersonDocument(person, samples: try await place.store.documents(samples, in: place.collection)))
    }
}
