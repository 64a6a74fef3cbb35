import DeepFace
import Foundation
import GRDB

extension SQLiteStore {
    public func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        return try await read { database in
            var vectors: [StoredVector] = []
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT samples.id, vector FROM samples JOIN vectors ON sample_id = samples.id
                    WHERE collection_id = ? AND samples.id > ? ORDER BY samples.id LIMIT ?
                    """,
                arguments: [collection.id, id, limit])
            while let row = try rows.next() { vectors.append(try Self.vector(row, collection, key)) }
            return vectors
        }
    }

    public func vectors(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        return try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT samples.id, vector FROM samples JOIN vectors ON sample_id = samples.id
                    WHERE collection_id = ? AND samples.id = ?
                    """)
            return try ids.compactMap { id in
                try Row.fetchOne(statement, arguments: [collection.id, id]).map { row in
                    try Self.vector(row, collection, key)
                }
            }
        }
    }

    public func removals(
        of collection: FaceCollection, after number: Int64
    ) async throws(DeepFaceError) -> Removals {
        try await read { database in
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT number, sample_id FROM removals WHERE collection_id = ? AND number > ? ORDER BY number",
                arguments: [collection.id, number])
            return Removals(last: rows.last?["number"] ?? number, ids: rows.map { $0["sample_id"] })
        }
    }

    private static func vector(_ row: Row, _ collection: FaceCollection, _ key: StoreKey?) throws -> StoredVector {
        let id: Int64 = row[0]
        var content: Data = row[1]
        if let key { content = try key.open(content, at: SampleAdding.place(ofVector: id, collection)) }
        guard let vector = VectorBytes.vector(content, dimensions: collection.dimensions) else {
            throw DeepFaceError(
                .storeInconsistent, "a vector has not its \(collection.dimensions) numbers", input: "sample \(id)")
        }
        return StoredVector(id: id, vector: vector)
    }
}
