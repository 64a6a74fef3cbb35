import DeepFace
import Foundation
import GRDB

extension SQLiteStore {
    public func add(
        _ faces: [NewFace], to collection: FaceCollection
    ) async throws(DeepFaceError) -> [AddedFace] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        try faces.check(for: collection)
        return try await write { database in
            // Removed while this was on its way.
            let exists = try Bool.fetchOne(
                database, sql: "SELECT 1 FROM collections WHERE id = ?", arguments: [collection.id])
            guard exists != nil else {
                throw DeepFaceError(.notFound, "the collection is not there any more", input: collection.name)
            }
            var adding = SampleAdding(database: database, collection: collection, key: key)
            return try faces.map { face in try adding.add(face) }
        }
    }

    public func samples(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await read { database in
            let statement = try database.cachedStatement(
                sql: "\(Self.sample) WHERE samples.collection_id = ? AND samples.id = ?")
            return try ids.compactMap { id in
                try Row.fetchOne(statement, arguments: [collection.id, id]).map { try Sample($0) }
            }
        }
    }

    public func faces(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredFace] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        // Those of one search are few.
        if ids.count <= 100 { return try readBriefly { try Self.faces($0, ids, of: collection, key) } }
        return try await read { database in try Self.faces(database, ids, of: collection, key) }
    }

    private static func faces(
        _ database: Database, _ ids: [Int64], of collection: FaceCollection, _ key: StoreKey?
    ) throws -> [StoredFace] {
        var faces: [Int64: StoredFace] = [:]
        let most = 1024
        for start in stride(from: 0, to: ids.count, by: most) {
            let some = ids[start..<min(start + most, ids.count)]
            // For a power of two of ids, so that there are few statements to keep; the first comes again for those that lack.
            var room = 1
            while room < some.count { room *= 2 }
            let asked = some + repeatElement(ids[start], count: room - some.count)
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(sampleColumns), vectors.vector \(sampleTables)
                    JOIN vectors ON vectors.sample_id = samples.id
                    WHERE +samples.collection_id = ? AND samples.id IN (\(databaseQuestionMarks(count: room)))
                    """)
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments([collection.id] + asked))
            while let row = try rows.next() {
                let sample = try Sample(row)
                let vector = try vector(row[sampleColumnCount], of: sample.id, collection, key)
                faces[sample.id] = StoredFace(sample: sample, vector: vector)
            }
        }
        return ids.compactMap { faces[$0] }
    }

    public func samples(
        of person: Person, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "\(Self.sample) WHERE samples.collection_id = ? AND person_id = ? ORDER BY samples.id",
                arguments: [collection.id, person.id]
            ).map { try Sample($0) }
        }
    }

    public func samples(
        ofPhoto hash: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Sample] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "\(Self.sample) WHERE samples.collection_id = ? AND hash = ? ORDER BY samples.id",
                arguments: [collection.id, hash]
            ).map { try Sample($0) }
        }
    }

    public func sampleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM samples WHERE collection_id = ?", arguments: [collection.id])
                ?? 0
        }
    }

    public func photo(
        of sample: Sample, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Data? {
        let content = try await read { database in
            try Data.fetchOne(
                database, sql: "SELECT content FROM photos WHERE collection_id = ? AND hash = ?",
                arguments: [collection.id, sample.hash])
        }
        guard let content, collection.isEncrypted else { return content }
        return try needed(collection.name).open(content, at: SampleAdding.place(ofPhoto: sample.hash, collection))
    }

    private static let sample = "SELECT \(sampleColumns) \(sampleTables)"

    /// Read by their places: to look a name up takes longer than to read a value.
    private static let sampleColumns = """
        samples.id, people.name, image, hash, x, y, w, h, landmarks, confidence, samples.created, age, gender, emotion,
        race
        """
    private static let sampleColumnCount = 15

    private static let sampleTables = """
        FROM samples JOIN people ON people.id = samples.person_id
        LEFT JOIN attributes ON attributes.sample_id = samples.id
        """
}

/// Puts faces into the tables, within one transaction.
struct SampleAdding {
    let database: Database
    let collection: FaceCollection
    let key: StoreKey?
    private var people: [String: Int64] = [:]
    private let now = Date().timeIntervalSince1970

    init(database: Database, collection: FaceCollection, key: StoreKey?) {
        (self.database, self.collection, self.key) = (database, collection, key)
    }

    mutating func add(_ face: NewFace) throws -> AddedFace {
        let area = face.facialArea
        let known = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT samples.id, people.name FROM samples JOIN people ON people.id = samples.person_id
                    WHERE samples.collection_id = ? AND hash = ? AND x = ? AND y = ? AND w = ? AND h = ?
                    """),
            arguments: [collection.id, face.hash, area.x, area.y, area.w, area.h])
        if let known { return AddedFace(id: known["id"], person: known["name"], isNew: false) }
        let created = face.created?.timeIntervalSince1970 ?? now
        try database.cachedStatement(
            sql: """
                INSERT INTO samples (collection_id, person_id, image, hash, x, y, w, h, landmarks, confidence, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            collection.id, try person(face.person, created), face.image, face.hash, area.x, area.y, area.w, area.h,
            area.landmarksJSON, face.faceConfidence, created,
        ])
        let id = database.lastInsertedRowID
        try database.cachedStatement(sql: "INSERT INTO vectors (sample_id, vector) VALUES (?, ?)").execute(arguments: [
            id, try sealed(VectorBytes.data(face.vector), at: Self.place(ofVector: id, collection)),
        ])
        if let attributes = face.attributes, !attributes.isEmpty {
            try database.cachedStatement(
                sql: """
                    INSERT INTO attributes (sample_id, collection_id, age, gender, emotion, race)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                id, collection.id, attributes.age, attributes.gender, attributes.emotion, attributes.race,
            ])
        }
        if let photo = face.photo {
            try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO photos (collection_id, hash, content) VALUES (?, ?, ?)"
            ).execute(arguments: [
                collection.id, face.hash, try sealed(photo, at: Self.place(ofPhoto: face.hash, collection)),
            ])
        }
        return AddedFace(id: id, person: face.person, isNew: true)
    }

    /// The person's id; somebody new is made.
    private mutating func person(_ name: String, _ created: Double) throws -> Int64 {
        if let id = people[name] { return id }
        let known = try Int64.fetchOne(
            database, sql: "SELECT id FROM people WHERE collection_id = ? AND name = ?",
            arguments: [collection.id, name])
        if known == nil {
            try database.execute(
                sql: "INSERT INTO people (collection_id, name, created) VALUES (?, ?, ?)",
                arguments: [collection.id, name, created])
        }
        let id = known ?? database.lastInsertedRowID
        people[name] = id
        return id
    }

    private func sealed(_ content: Data, at place: String) throws -> Data {
        try key?.seal(content, at: place) ?? content
    }

    static func place(ofVector sample: Int64, _ collection: FaceCollection) -> String {
        "vector \(sample) of collection \(collection.id)"
    }

    static func place(ofPhoto hash: String, _ collection: FaceCollection) -> String {
        "photo \(hash) of collection \(collection.id)"
    }
}

extension Sample {
    fileprivate init(_ row: Row) throws {
        var area = FacialArea(x: row[4], y: row[5], w: row[6], h: row[7])
        try area.setLandmarks(json: row[8])
        let attributes = FaceAttributes(age: row[11], gender: row[12], emotion: row[13], race: row[14])
        self.init(
            id: row[0], person: row[1], image: row[2], hash: row[3], facialArea: area, faceConfidence: row[9],
            created: Date(timeIntervalSince1970: row[10]),
            attributes: attributes.isEmpty ? nil : attributes)
    }
}
