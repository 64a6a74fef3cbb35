import DeepFace
import Foundation

extension RedisStore {
    public func collections() async throws(DeepFaceError) -> [FaceCollection] {
        let names = try await ask(RedisCommand("HKEYS", "\(Self.base)collections"))[0].list
        var collections: [FaceCollection] = []
        for name in names.map(\.text).sorted() {
            if let found = try await found(name) { collections.append(found.collection) }
        }
        return collections
    }

    public func collection(named name: String) async throws(DeepFaceError) -> FaceCollection? {
        guard let (collection, check) = try await found(name) else { return nil }
        try unlock(collection, check)
        return collection
    }

    public func makeCollection(_ plan: CollectionPlan) async throws(DeepFaceError) -> FaceCollection {
        if plan.name.isEmpty { throw DeepFaceError(.invalidOption, "a collection needs a name") }
        let identifier = UUID()
        let recipe = try plan.recipe.text
        var fields: [Data] = []
        func add(_ name: String, _ value: Data) { fields += [Data(name.utf8), value] }
        add("identifier", Data(identifier.uuidString.utf8))
        add("recipe", Data(recipe.utf8))
        add("dimensions", Data("\(plan.dimensions)".utf8))
        add("created", Data("\(Date().timeIntervalSince1970)".utf8))
        if plan.isEncrypted {
            add("key_check", try needed(plan.name).seal(Data(), at: Self.checkPlace(identifier)))
        }
        _ = try await change(Self.call(RedisScripts.makeCollection, Self.base, [Data(plan.name.utf8)] + fields))
        guard let made = try await collection(named: plan.name) else {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: plan.name)
        }
        return made
    }

    public func delete(_ collection: FaceCollection) async throws(DeepFaceError) {
        _ = try await change(
            Self.call(
                RedisScripts.deleteCollection, Self.base,
                [Data(collection.name.utf8), Data("\(collection.id)".utf8)]))
        try await clear("\(collection.id)")
    }

    /// Takes away the keys of a collection that nobody finds any more, a portion at a time.
    func clear(_ number: String) async throws(DeepFaceError) {
        var cursor = "0"
        repeat {
            let reply = try await ask(
                RedisCommand("SCAN", cursor, "MATCH", "\(Self.base)\(number):*", "COUNT", "1000"))[0].list
            guard reply.count == 2 else { throw inconsistent("the server's keys cannot be listed") }
            cursor = reply[0].text
            let keys = reply[1].list.map(\.bytes)
            if !keys.isEmpty { _ = try await change(RedisCommand([Data("UNLINK".utf8)] + keys)) }
        } while cursor != "0"
        _ = try await change(RedisCommand("SREM", "\(Self.base)deleted", number))
    }

    /// The collection of a name, and what tells whether a key is its own.
    private func found(_ name: String) async throws(DeepFaceError) -> (collection: FaceCollection, check: Data?)? {
        guard let id = try await ask(RedisCommand("HGET", "\(Self.base)collections", name))[0].number else {
            return nil
        }
        let reply = try await ask(
            RedisCommand(
                "HMGET", "\(Self.base)\(id):collection", "identifier", "recipe", "dimensions", "created", "key_check"))
        let fields = reply[0].list
        // Deleted between the two questions.
        guard fields.count == 5, fields[0] != .nothing else { return nil }
        guard let identifier = UUID(uuidString: fields[0].text),
            let recipe = try? JSONDecoder().decode(EmbeddingRecipe.self, from: fields[1].bytes),
            let dimensions = Int(fields[2].text), let created = Double(fields[3].text)
        else { throw inconsistent("the description of the collection \(name) is damaged") }
        let check = fields[4] == .nothing ? nil : fields[4].bytes
        return (
            FaceCollection(
                id: id, identifier: identifier, name: name, recipe: recipe, dimensions: dimensions,
                isEncrypted: check != nil, created: Date(timeIntervalSince1970: created)), check
        )
    }

    private static func checkPlace(_ identifier: UUID) -> String { "collection \(identifier.uuidString)" }

    /// Refuses an encrypted collection when the key is missing or another.
    private func unlock(_ collection: FaceCollection, _ check: Data?) throws(DeepFaceError) {
        guard let check else { return }
        do throws(DeepFaceError) {
            _ = try needed(collection.name).open(check, at: Self.checkPlace(collection.identifier))
        } catch  where error.code == .storeInconsistent {
            throw DeepFaceError(
                .storeUnavailable, "the collection is encrypted with another key", input: collection.name)
        }
    }

    /// The key that an encrypted collection needs.
    func needed(_ name: String) throws(DeepFaceError) -> StoreKey {
        guard let key else {
            throw DeepFaceError(
                .storeUnavailable, "the collection is encrypted, and there is no key", input: name,
                advice: "give it with --key-file or in DEEPFACE_STORE_KEY")
        }
        return key
    }
}
