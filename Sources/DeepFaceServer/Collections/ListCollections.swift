import FaceStores

extension Route {
    static let listCollections = Route(.get, "/v1/collections", .role(.read)) { call in
        let store = try call.searcher.store
        var replies: [CollectionReply] = []
        for collection in try await store.collections().sorted(by: { $0.name < $1.name }) {
            replies.append(try await CollectionReply(collection, in: store))
        }
        return try Reply.json(["collections": replies])
    }
}
