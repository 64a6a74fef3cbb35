import Crypto
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
        let hashes = faces.map { collection.digest(of: $0) }
        // A face with an id that this call asked for was added by this call, at an attempt whose connection broke
        // between the commit and the answer.
        let own = Mutex<Set<Int64>>([])
        return try await database.write { connection in
            try self.lock(connection)
            try self.exists(collection, connection)
            var added: [[UInt8]: AddedFace] = [:]
            for (hash, id, person) in try self.known(hashes, in: collection, connection) {
                added[hash] = AddedFace(id: id, person: person, isNew: own.withLock { $0.contains(id) })
            }
            var isFirst = Set<[UInt8]>()
            let new = faces.indices.filter { added[hashes[$0]] == nil && isFirst.insert(hashes[$0]).inserted }
            if !new.isEmpty {
                let ids = try self.newIDs(new.count, connection)
                own.withLock { $0.formUnion(ids) }
                let people = try self.people(Set(new.map { faces[$0].person }), in: collection, connection)
                let placed = zip(new, ids).map { place, id in
                    PlacedFace(
                        face: faces[place], id: id, person: people[faces[place].person] ?? 0, hash: hashes[place])
                }
                try self.insert(placed, to: collection, connection)
                try self.insertPhotos(placed, in: collection, connection)
                for face in placed {
                    added[face.hash] = AddedFace(id: face.id, person: face.face.person, isNew: true)
                }
            }
            var isTold = Set<Int64>()
            return try hashes.map { hash in
                guard let face = added[hash] else { throw DeepFaceError(.engine, "a face was lost") }
                return AddedFace(
                    id: face.id, person: face.person, isNew: face.isNew && isTold.insert(face.id).inserted)
            }
        }
    }

    private func known(
        _ hashes: [[UInt8]], in collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> [(hash: [UInt8], id: Int64, person: String)] {
        try connection.execute(
            """
            SELECT face_hash, s.id, p.name FROM \(Self.samples) JOIN \(t)_people p ON p.id = s.person_id
            WHERE face_hash = ANY($1) AND s.collection_id = $2
            """, [.texts(hashes.map { String(decoding: $0, as: UTF8.self) }), .int(collection.id)]
        ).map { (Array(try $0.bytes(0)), try $0.int(1), try $0.text(2)) }
    }

    /// The ids of people; who is new is made.
    private func people(
        _ names: Set<String>, in collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> [String: Int64] {
        var people: [String: Int64] = [:]
        func note(_ rows: PostgresRows) throws {
            _ = try rows.map { row in people[try row.text(0)] = try row.int(1) }
        }
        try note(
            connection.execute(
                "SELECT name, id FROM \(t)_people WHERE collection_id = $1 AND name = ANY($2)",
                [.int(collection.id), .texts(Array(names))]))
        try note(
            connection.execute(
                """
                INSERT INTO \(t)_people (collection_id, name) SELECT $1, name FROM unnest($2) name
                RETURNING name, id
                """, [.int(collection.id), .texts(names.subtracting(people.keys).sorted())]))
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
        return try await samples(where: "s.hash = $2", [.int(collection.id), .text(hash)])
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

extension FaceCollection {
    /// What tells a face of this collection from all others, in hexadecimal digits: SHA-256 of where it is.
    func digest(of face: NewFace) -> [UInt8] {
        let area = face.facialArea
        let place = "\(identifier.uuidString)\n\(face.hash)\n\(area.x) \(area.y) \(area.w) \(area.h)"
        return HexadecimalDigits.of(SHA256.hash(data: Array(place.utf8)))
    }
}

enum HexadecimalDigits {
    private static let digits = Array("0123456789abcdef".utf8)

    static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}
