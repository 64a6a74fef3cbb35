import DeepFace
import Foundation
import GRDB

extension SQLiteStore {
    private static let person = """
        SELECT people.id, people.name, people.created,
            (SELECT COUNT(*) FROM samples WHERE person_id = people.id) AS samples
        FROM people WHERE collection_id = ?
        """

    public func people(
        of collection: FaceCollection, containing part: String?, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    \(Self.person) AND (?2 IS NULL OR name > ?2) AND (?4 IS NULL OR has_part(name, ?4))
                    ORDER BY name LIMIT ?3
                    """,
                arguments: [collection.id, name, limit, part]
            ).map(Person.init)
        }
    }

    public func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM people WHERE collection_id = ?", arguments: [collection.id]) ?? 0
        }
    }

    public func person(
        named name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person? {
        try await read { database in try Self.person(named: name, collection, database) }
    }

    public func rename(
        _ person: Person, to name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person {
        try await write { database in
            if name.isEmpty { throw DeepFaceError(.invalidOption, "a person needs a name") }
            if let other = try Self.person(named: name, collection, database), other.id != person.id {
                throw DeepFaceError(.invalidOption, "somebody else is called so", input: name)
            }
            try database.execute(
                sql: "UPDATE people SET name = ? WHERE id = ? AND collection_id = ?",
                arguments: [name, person.id, collection.id])
            guard let renamed = try Self.person(named: name, collection, database) else {
                throw DeepFaceError(.notFound, "the person is not there any more", input: person.name)
            }
            return renamed
        }
    }

    public func delete(_ people: [Person], of collection: FaceCollection) async throws(DeepFaceError) {
        try await erase { database in
            for person in people {
                try database.execute(
                    sql: "DELETE FROM people WHERE id = ? AND collection_id = ?",
                    arguments: [person.id, collection.id])
            }
        }
    }

    private static func person(
        named name: String, _ collection: FaceCollection, _ database: Database
    ) throws -> Person? {
        try Row.fetchOne(database, sql: "\(person) AND name = ?", arguments: [collection.id, name]).map(Person.init)
    }
}

extension Person {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], name: row["name"], samples: row["samples"],
            created: Date(timeIntervalSince1970: row["created"]))
    }
}
