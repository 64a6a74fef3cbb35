import DeepFace
import FaceStores

extension Route {
    static let createCollection = Route(.post, "/v1/collections", .role(.write)) { call in
        let store = try call.searcher.store
        let form = try await call.form(multipart: false)
        try form.allowOnly(["name", "model", "detector", "align", "normalization", "expand", "encrypted"])
        let name = try form.name("name")
        let options = try call.options(form)
        let encrypted = try form.bool("encrypted") ?? false
        guard !encrypted || call.backend.settings.storeKey != nil else {
            throw Problem.invalid("this server has no key to encrypt with; see --key-file")
        }
        guard try await store.collection(named: name) == nil else {
            throw Problem(.conflict, "exists", "a collection is called so already (\(name))")
        }
        let collection = try await store.makeCollection(
            CollectionPlan(
                name: name, recipe: EmbeddingRecipe(options, call.backend.deepface.configuration),
                dimensions: options.model.dimensions, isEncrypted: encrypted))
        return try Reply.json(await CollectionReply(collection, in: store), .created)
    }
}

extension Form {
    func name(_ field: String) throws(Problem) -> String {
        guard let name = try text(field) else { throw .invalid("\(field) is missing") }
        return try Name.check(name, field)
    }

    /// - Throws: `invalid_request` when there is any other field.
    func allowOnly(_ names: Set<String>) throws(Problem) {
        guard Set(fields.keys).isSubset(of: names) else {
            throw .invalid("the body has a field that is none of \(names.sorted().joined(separator: ", "))")
        }
    }
}
