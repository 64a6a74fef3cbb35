import DeepFace
import GRDB

extension SQLiteStore {
    public func keptPhotos(
        _ hashes: Set<String>, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Set<String> {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM photos WHERE collection_id = ? AND hash = ?")
            return try hashes.filter { hash in
                try Bool.fetchOne(statement, arguments: [collection.id, hash]) != nil
            }
        }
    }

    public func portraits(
        of people: [Person], in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64: Int64] {
        try await read { database in
            // The person's samples first, then each one's photo: the other way round it would be all photos.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT MIN(samples.id) FROM samples CROSS JOIN photos
                    WHERE person_id = ? AND +samples.collection_id = ?
                        AND photos.collection_id = samples.collection_id AND photos.hash = samples.hash
                    """)
            var portraits: [Int64: Int64] = [:]
            for person in people {
                portraits[person.id] = try Int64.fetchOne(statement, arguments: [person.id, collection.id])
            }
            return portraits
        }
    }

    public func delete(samples ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) {
        try await erase { database in
            for id in ids {
                let owner = try Int64.fetchOne(
                    database, sql: "SELECT person_id FROM samples WHERE id = ? AND collection_id = ?",
                    arguments: [id, collection.id])
                guard let owner else { continue }
                try database.execute(sql: "DELETE FROM samples WHERE id = ?", arguments: [id])
                try database.execute(
                    sql: """
                        DELETE FROM people WHERE id = ? AND NOT EXISTS (
                            SELECT 1 FROM samples WHERE person_id = people.id)
                        """, arguments: [owner])
            }
        }
    }
}
