import FaceStores

extension Route {
    static let renamePerson = Route(.patch, "/v1/collections/{collection}/people/{person}", .role(.write)) { call in
        let place = try await CollectionCall(call)
        let form = try await call.form(multipart: false)
        try form.allowOnly(["name"])
        let name = try form.name("name")
        let person = try await place.person(call)
        if name != person.name, try await place.store.person(named: name, in: place.collection) != nil {
            throw Problem(.conflict, "exists", "somebody is called so already (\(name))")
        }
        return try Reply.json(PersonDocument(try await place.store.rename(person, to: name, in: place.collection)))
    }
}
