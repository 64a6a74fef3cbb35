import DeepFace
import Foundation
import GRDB

extension SQLiteStore {
    public func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        return try await read { database in try Self.vectors(database, collection, key, after: id, limit: limit) }
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
        try await read { database in try Self.removals(database, collection, after: number) }
    }

    public func changes(
        of collection: FaceCollection, after id: Int64, removal number: Int64, limit: Int
    ) async throws(DeepFaceError) -> Changes {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        // Nearly every search finds that there is nothing new.
        let isNew = try readBriefly { database in
            try Bool.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM samples WHERE collection_id = ?1 AND id > ?2)
                            OR EXISTS (SELECT 1 FROM removals WHERE collection_id = ?1 AND number > ?3)
                        """),
                arguments: [collection.id, id, number])
        }
        guard isNew == true else { return Changes(vectors: [], removals: Removals(last: number, ids: [])) }
        return try await read { database in
            Changes(
                vectors: try Self.vectors(database, collection, key, after: id, limit: limit),
                removals: try Self.removals(database, collection, after: number))
        }
    }

    private static func vectors(
        _ database: Database, _ collection: FaceCollection, _ key: StoreKey?, after id: Int64, limit: Int
    ) throws -> [StoredVector] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT samples.id, vector FROM samples JOIN vectors ON sample_id = samples.id
                WHERE collection_id = ? AND samples.id > ? ORDER BY samples.id LIMIT ?
                """)
        var vectors: [StoredVector] = []
        let rows = try Row.fetchCursor(statement, arguments: [collection.id, id, limit])
        while let row = try rows.next() { vectors.append(try vector(row, collection, key)) }
        return vectors
    }

    private static func removals(
        _ database: Database, _ collection: FaceCollection, after number: Int64
    ) throws -> Removals {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT number, sample_id FROM removals WHERE collection_id = ? AND number > ? ORDER BY number"),
            arguments: [collection.id, number])
        return Removals(last: rows.last?["number"] ?? number, ids: rows.map { $0["sample_id"] })
    }

    /// Of a row that begins with the sample's id and its vector.
    private static func vector(_ row: Row, _ collection: FaceCollection, _ key: StoreKey?) throws -> StoredVector {
        StoredVector(id: row[0], vector: try vector(row[1], of: row[0], collection, key))
    }

    /// The numbers of a sample's vector, as it is stored.
    static func vector(
        _ content: Data, of id: Int64, _ collection: FaceCollection, _ key: StoreKey?
    ) throws -> [Float] {
        let plain = try key?.open(content, at: SampleAdding.place(ofVector: id, collection)) ?? content
        guard let vector = VectorBytes.vector(plain, dimensions: collection.dimensions) else {
            throw DeepFaceError(
                .storeInconsistent, "a vector has not its \(collection.dimensions) numbers", input: "sample \(id)")
        }
        return vector
    }
}
