import DeepFace
import Foundation

extension PostgresTables {
    private var person: String {
        """
        SELECT p.id, p.name, p.created, (
            SELECT count(*) FROM \(t)_samples WHERE collection_id = p.collection_id AND person_id = p.id)
        FROM \(t)_people p WHERE p.collection_id = $1
        """
    }

    private func person(_ row: PostgresRows.Row) throws -> Person {
        Person(id: try row.int(0), name: try row.text(1), samples: Int(try row.int(3)), created: try row.date(2))
    }

    public func people(
        of collection: FaceCollection, containing part: String?, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        try await database.read { connection in
            guard let part else {
                return try connection.execute(
                    "\(person) AND p.name > $2 ORDER BY p.name LIMIT $3",
                    [.int(collection.id), .text(name ?? ""), .int(Int64(limit))]
                ).map(self.person)
            }
            // Which letters are the same would depend on how the database was set up.
            var found: [String] = []
            var last = name ?? ""
            while found.count < limit {
                let names = try connection.execute(
                    "SELECT name FROM \(t)_people WHERE collection_id = $1 AND name > $2 ORDER BY name LIMIT $3",
                    [.int(collection.id), .text(last), .int(Int64(NamePart.portion))]
                ).map { try $0.text(0) }
                found += names.filter { NamePart.isIn($0, part) }
                guard names.count == NamePart.portion, let end = names.last else { break }
                last = end
            }
            return try connection.execute(
                "\(person) AND p.name = ANY($2) ORDER BY p.name",
                [.int(collection.id), .texts(Array(found.prefix(limit)))]
            ).map(self.person)
        }
    }

    public func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await database.read { connection in
            let rows = try connection.execute(
                "SELECT count(*) FROM \(t)_people WHERE collection_id = $1", [.int(collection.id)])
            return Int(try rows.first?.int(0) ?? 0)
        }
    }

    public func person(
        named name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person? {
        try await database.read { connection in try self.person(named: name, collection, connection) }
    }

    private func person(
        named name: String, _ collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> Person? {
        if name.utf8.contains(0) { return nil }
        return try connection.execute("\(person) AND p.name = $2", [.int(collection.id), .text(name)])
            .first.map(self.person)
    }

    public func rename(
        _ person: Person, to name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person {
        if name.isEmpty { throw DeepFaceError(.invalidOption, "a person needs a name") }
        try PostgresText.check(name)
        return try await database.write { connection in
            try self.lock(connection)
            if let other = try self.person(named: name, collection, connection), other.id != person.id {
                throw DeepFaceError(.invalidOption, "somebody else is called so", input: name)
            }
            try connection.execute(
                "UPDATE \(t)_people SET name = $1 WHERE id = $2 AND collection_id = $3",
                [.text(name), .int(person.id), .int(collection.id)])
            guard let renamed = try self.person(named: name, collection, connection) else {
                throw DeepFaceError(.notFound, "the person is not there any more", input: person.name)
            }
            return renamed
        }
    }

    public func delete(_ people: [Person], of collection: FaceCollection) async throws(DeepFaceError) {
        if people.isEmpty { return }
        let ids = people.map(\.id)
        try await database.write { connection in
            try self.lock(connection)
            try self.deleteSamples(of: ids, in: collection, connection)
            try connection.execute(
                "DELETE FROM \(t)_people WHERE collection_id = $1 AND id = ANY($2)", [.int(collection.id), .ints(ids)])
        }
    }
}
