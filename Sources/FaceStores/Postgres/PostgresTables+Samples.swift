import DeepFace
import Foundation
import Synchronization

extension PostgresTables {
    public func add(
        _ faces: [NewFace], to collection: FaceCollection
    ) async throws(DeepFaceError) -> [AddedFace] {
        try faces.check(for: collection)
        for face in faces {
            for text in [face.person, face.image, face.hash] { try PostgresText.check(text) }
        }
        let distinct = DistinctFaces(faces)
        // A face with an id that this call asked for was added by this call, at an attempt whose connection broke
        // between the commit and the answer.
        let own = Mutex<Set<Int64>>([])
        return try await database.write { connection in
            try self.lock(connection)
            try self.exists(collection, connection)
            // By their numbers among the distinct ones.
            var added = [AddedFace?](repeating: nil, count: distinct.first.count)
            for (face, id, person) in try self.known(faces, in: collection, connection) {
                guard let number = distinct.number(of: face), added[number] == nil else { continue }
                added[number] = AddedFace(id: id, person: person, isNew: own.withLock { $0.contains(id) })
            }
            let new = added.indices.filter { added[$0] == nil }
            if !new.isEmpty {
                let ids = try self.newIDs(new.count, connection)
                own.withLock { $0.formUnion(ids) }
                let names = new.map { faces[distinct.first[$0]].person }
                let people = try self.people(names, in: collection, connection)
                let placed = zip(new, ids).map { number, id in
                    let face = faces[distinct.first[number]]
                    return PlacedFace(face: face, id: id, person: people[face.person] ?? 0)
                }
                try self.insert(placed, to: collection, connection)
                try self.insertPhotos(placed, in: collection, connection)
                for (number, face) in zip(new, placed) {
                    added[number] = AddedFace(id: face.id, person: face.face.person, isNew: true)
                }
            }
            return try zip(faces.indices, distinct.numbers).map { place, number in
                guard let face = added[number] else { throw DeepFaceError(.engine, "a face was lost") }
                return AddedFace(
                    id: face.id, person: face.person, isNew: face.isNew && distinct.first[number] == place)
            }
        }
    }

    /// Those samples, by id, that are of the faces' photos.
    private func known(
        _ faces: [NewFace], in collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> [(face: FacePlace, id: Int64, person: String)] {
        // Planned for as many as there are each time: a portion of a few is looked up, a hundred thousand are joined.
        try connection.executeOnce(
            """
            SELECT s.hash, x, y, w, h, s.id, p.name
            FROM unnest($2) photo JOIN \(t)_samples s ON s.collection_id = $1 AND \(PostgresSchema.isPhoto("photo"))
                JOIN \(t)_people p ON p.id = s.person_id
            ORDER BY s.id
            """, [.int(collection.id), .texts(faces.map(\.hash))]
        ).map { row in
            let area = FacialArea(
                x: Int(try row.int(1)), y: Int(try row.int(2)), w: Int(try row.int(3)), h: Int(try row.int(4)))
            return (FacePlace(try row.text(0), area), try row.int(5), try row.text(6))
        }
    }

    /// The ids of people; who is new is made, in the order of the names.
    private func people(
        _ names: [String], in collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> [String: Int64] {
        var people: [String: Int64] = [:]
        func note(_ rows: PostgresRows) throws {
            _ = try rows.map { row in people[try row.text(0)] = try row.int(1) }
        }
        var seen = Set<String>()
        let names = names.filter { seen.insert($0).inserted }
        try note(
            connection.execute(
                "SELECT name, id FROM \(t)_people WHERE collection_id = $1 AND name = ANY($2)",
                [.int(collection.id), .texts(names)]))
        try note(
            connection.execute(
                """
                INSERT INTO \(t)_people (collection_id, name) SELECT $1, name FROM unnest($2) name
                RETURNING name, id
                """, [.int(collection.id), .texts(names.filter { people[$0] == nil })]))
        return people
    }

    private func insertPhotos(
        _ faces: [PlacedFace], in collection: FaceCollection, _ connection: PostgresConnection
    ) throws {
        for face in faces {
            guard let photo = face.face.photo else { continue }
            try connection.execute(
                """
                INSERT INTO \(t)_photos (collection_id, hash, content) VALUES ($1, $2, $3)
                ON CONFLICT (collection_id, hash) DO NOTHING
                """, [.int(collection.id), .text(face.face.hash), .bytes(photo)])
        }
    }

    // MARK: Reading

    /// What `sample` reads.
    static var sampleColumns: String {
        """
        s.id, p.name, img_name, s.hash, s.x, s.y, s.w, s.h, s.landmarks, s.confidence, created_at, s.age, s.gender,
        s.emotion, s.race
        """
    }

    /// How many columns those are.
    static var sampleWidth: Int32 { 15 }

    static func sample(_ row: PostgresRows.Row) throws -> Sample {
        var area = FacialArea(
            x: Int(try row.int(4)), y: Int(try row.int(5)), w: Int(try row.int(6)), h: Int(try row.int(7)))
        try area.setLandmarks(json: try row.bytes(8))
        func text(_ column: Int32) throws -> String? { row.isNull(column) ? nil : try row.text(column) }
        let attributes = FaceAttributes(
            age: row.isNull(11) ? nil : Int(try row.int(11)), gender: try text(12), emotion: try text(13),
            race: try text(14))
        return Sample(
            id: try row.int(0), person: try row.text(1), image: try row.text(2), hash: try row.text(3),
            facialArea: area, faceConfidence: try row.double(9), created: try row.date(10),
            attributes: attributes.isEmpty ? nil : attributes)
    }

    private func samples(
        where condition: String, _ values: [PostgresValue]
    ) async throws(DeepFaceError) -> [Sample] {
        try await database.read { connection in
            try connection.execute(
                """
                SELECT \(Self.sampleColumns) FROM \(Self.samples) JOIN \(t)_people p ON p.id = s.person_id
                WHERE s.collection_id = $1 AND \(condition) ORDER BY s.id
                """, values
            ).map(Self.sample)
        }
    }

    public func samples(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        if ids.isEmpty { return [] }
        let found = try await samples(where: "s.id = ANY($2)", [.int(collection.id), .ints(ids)])
        let byID = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        return ids.compactMap { byID[$0] }
    }

    public func samples(
        of person: Person, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await samples(where: "s.person_id = $2", [.int(collection.id), .int(person.id)])
    }

    public func samples(
        ofPhoto hash: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        if hash.utf8.contains(0) { return [] }
        return try await samples(where: PostgresSchema.isPhoto("$2"), [.int(collection.id), .text(hash)])
    }

    public func sampleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await database.read { connection in
            let rows = try connection.execute(
                "SELECT count(*) FROM \(t)_samples WHERE collection_id = $1", [.int(collection.id)])
            return Int(try rows.first?.int(0) ?? 0)
        }
    }

    public func photo(of sample: Sample, in collection: FaceCollection) async throws(DeepFaceError) -> Data? {
        try await database.read { connection in
            try connection.execute(
                "SELECT content FROM \(t)_photos WHERE collection_id = $1 AND hash = $2",
                [.int(collection.id), .text(sample.hash)]
            ).first?.bytes(0)
        }
    }
}
