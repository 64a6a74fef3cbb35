import DeepFace

extension PostgresTables {
    public func keptPhotos(
        _ hashes: Set<String>, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Set<String> {
        if hashes.isEmpty { return [] }
        return try await database.read { connection in
            Set(
                try connection.execute(
                    "SELECT hash FROM \(t)_photos WHERE collection_id = $1 AND hash = ANY($2)",
                    [.int(collection.id), .texts(Array(hashes))]
                ).map { try $0.text(0) })
        }
    }

    public func portraits(
        of people: [Person], in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64: Int64] {
        if people.isEmpty { return [:] }
        return try await database.read { connection in
            let pairs = try connection.execute(
                """
                SELECT person_id, min(s.id) FROM \(t)_samples s
                    JOIN \(t)_photos p ON p.collection_id = s.collection_id AND p.hash = s.hash
                WHERE s.collection_id = $1 AND person_id = ANY($2) GROUP BY person_id
                """, [.int(collection.id), .ints(people.map(\.id))]
            ).map { (try $0.int(0), try $0.int(1)) }
            return Dictionary(uniqueKeysWithValues: pairs)
        }
    }

    public func delete(samples ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) {
        if ids.isEmpty { return }
        try await database.write { connection in
            try self.lock(connection)
            let owners = try connection.execute(
                "SELECT DISTINCT person_id FROM \(t)_samples WHERE collection_id = $1 AND id = ANY($2)",
                [.int(collection.id), .ints(ids)]
            ).map { try $0.int(0) }
            try self.deleteSamples(ids, in: collection, connection)
            try connection.execute(
                """
                DELETE FROM \(t)_people p WHERE collection_id = $1 AND id = ANY($2) AND NOT EXISTS (
                    SELECT 1 FROM \(t)_samples WHERE collection_id = $1 AND person_id = p.id)
                """, [.int(collection.id), .ints(owners)])
        }
    }
}
