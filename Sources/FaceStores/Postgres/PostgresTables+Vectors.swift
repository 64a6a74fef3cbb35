import DeepFace
import Foundation

extension PostgresTables {
    public func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector] {
        try await vectors(
            where: "s.id > $2 ORDER BY s.id LIMIT $3", [.int(collection.id), .int(id), .int(Int64(limit))], collection)
    }

    public func vectors(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        if ids.isEmpty { return [] }
        let found = try await vectors(where: "s.id = ANY($2)", [.int(collection.id), .ints(ids)], collection)
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    private func vectors(
        where condition: String, _ values: [PostgresValue], _ collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredVector] {
        try await database.read { connection in
            try connection.execute(
                "SELECT s.id, \(Self.vector) FROM \(Self.samples) WHERE s.collection_id = $1 AND \(condition)", values
            ).map { row in
                let (id, vector) = (try row.int(0), try Self.vector(row, 1))
                guard vector.count == collection.dimensions else {
                    throw DeepFaceError(
                        .storeInconsistent, "a vector has \(vector.count) numbers, not \(collection.dimensions)",
                        input: "sample \(id)")
                }
                return StoredVector(id: id, vector: vector)
            }
        }
    }

    public func removals(
        of collection: FaceCollection, after number: Int64
    ) async throws(DeepFaceError) -> Removals {
        try await database.read { connection in
            let rows = try connection.execute(
                """
                SELECT number, sample_id FROM \(t)_removals WHERE collection_id = $1 AND number > $2 ORDER BY number
                """, [.int(collection.id), .int(number)]
            ).map { (number: try $0.int(0), id: try $0.int(1)) }
            return Removals(last: rows.last?.number ?? number, ids: rows.map(\.id))
        }
    }
}
