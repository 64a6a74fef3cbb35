import DeepFace
import Foundation
import GRDB

extension SQLiteStore {
    public func collections() async throws(DeepFaceError) -> [FaceCollection] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM collections ORDER BY name").map(FaceCollection.init)
        }
    }

    public func collection(named name: String) async throws(DeepFaceError) -> FaceCollection? {
        let found = try await read { database in try Self.collection(named: name, database) }
        guard let (collection, check) = found else { return nil }
        try unlock(collection, check)
        return collection
    }

    public func makeCollection(_ plan: CollectionPlan) async throws(DeepFaceError) -> FaceCollection {
        if plan.name.isEmpty { throw DeepFaceError(.invalidOption, "a collection needs a name") }
        let key = plan.isEncrypted ? try needed(plan.name) : nil
        let (collection, check) = try await write { database in
            if let found = try Self.collection(named: plan.name, database) { return found }
            try database.execute(
                sql: "INSERT INTO collections (identifier, name, recipe, dimensions, created) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    UUID().uuidString, plan.name, try plan.recipe.text, plan.dimensions,
                    Date().timeIntervalSince1970,
                ])
            if let key {
                let id = database.lastInsertedRowID
                try database.execute(
                    sql: "UPDATE collections SET key_check = ? WHERE id = ?",
                    arguments: [try key.seal(Data(), at: "collection \(id)"), id])
            }
            guard let made = try Self.collection(named: plan.name, database) else {
                throw DeepFaceError(.storeInconsistent, "a collection is not there once made", input: plan.name)
            }
            return made
        }
        try unlock(collection, check)
        return collection
    }

    public func delete(_ collection: FaceCollection) async throws(DeepFaceError) {
        try await erase { database in
            try database.execute(sql: "DELETE FROM collections WHERE id = ?", arguments: [collection.id])
            try database.execute(sql: "DELETE FROM removals WHERE collection_id = ?", arguments: [collection.id])
        }
    }

    private static func collection(named name: String, _ database: Database) throws -> (FaceCollection, Data?)? {
        try Row.fetchOne(database, sql: "SELECT * FROM collections WHERE name = ?", arguments: [name])
            .map { (try FaceCollection($0), $0["key_check"]) }
    }

    /// Refuses an encrypted collection when the key is missing or another.
    private func unlock(_ collection: FaceCollection, _ check: Data?) throws(DeepFaceError) {
        guard let check else { return }
        do throws(DeepFaceError) {
            _ = try needed(collection.name).open(check, at: "collection \(collection.id)")
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

extension FaceCollection {
    fileprivate init(_ row: Row) throws {
        let recipe: String = row["recipe"]
        let check: Data? = row["key_check"]
        guard let identifier = UUID(uuidString: row["identifier"]) else {
            throw DeepFaceError(.storeInconsistent, "a collection's identifier is damaged", input: row["name"])
        }
        self.init(
            id: row["id"], identifier: identifier, name: row["name"],
            recipe: try JSONDecoder().decode(EmbeddingRecipe.self, from: Data(recipe.utf8)),
            dimensions: row["dimensions"], isEncrypted: check != nil,
            created: Date(timeIntervalSince1970: row["created"]))
    }
}
