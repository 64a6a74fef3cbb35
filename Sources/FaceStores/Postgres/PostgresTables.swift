import DeepFace
import Foundation

/// A store whose people, collections and samples are in tables of a PostgreSQL database. What stores differ in is where
/// vectors are.
///
/// `PostgresSchema` has the tables' form.
protocol PostgresTables: FaceStore {
    /// What its tables' names begin with.
    static var prefix: String { get }
    /// Where samples are, as `FROM` takes it: the table of samples as `s`, what else their columns are in as `e`.
    static var samples: String { get }
    /// The column of vectors, and how it is read.
    static var vector: String { get }
    static func vector(_ row: PostgresRows.Row, _ column: Int32) throws -> [Float]

    /// The table whose rows come and go with samples.
    static var lockedTable: String { get }
    /// Whether the table of samples holds no face of a collection twice.
    static var isUnique: Bool { get }

    var database: PostgresDatabase { get }

    /// Puts faces in of which none is there, within a transaction that holds the lock.
    func insert(_ faces: [PlacedFace], to collection: FaceCollection, _ connection: PostgresConnection) throws
    /// New ids, each larger than those before, within a transaction that holds the lock.
    func newIDs(_ count: Int, _ connection: PostgresConnection) throws -> [Int64]
    /// Makes what a new collection needs, within a transaction.
    func prepare(_ collection: FaceCollection, _ connection: PostgresConnection) throws
    /// Takes the samples of people, `nil` of all, away, within a transaction.
    func deleteSamples(of people: [Int64]?, in collection: FaceCollection, _ connection: PostgresConnection) throws
    /// Takes samples away, within a transaction.
    func deleteSamples(_ ids: [Int64], in collection: FaceCollection, _ connection: PostgresConnection) throws
}

/// A face with the place it gets in the tables.
struct PlacedFace {
    let face: NewFace
    let id: Int64
    let person: Int64
}

extension PostgresTables {
    var t: String { Self.prefix }

    /// Waits until no other transaction adds or removes samples, and keeps others from it until this one ends.
    func lock(_ connection: PostgresConnection) throws {
        try connection.execute(
            "SELECT pg_advisory_xact_lock(\(PostgresSchema.lockKey) + '\(Self.lockedTable)'::regclass::oid::bigint)")
    }
}

extension PostgresTables {
    // MARK: Collections

    private static var collectionColumns: String {
        """
        SELECT id, identifier::text, name, recipe, dimensions, created, model_name, detector_backend, aligned
        FROM \(prefix)_collections
        """
    }

    /// `nil` for faces of a model or detector that is not known here.
    private func collection(_ row: PostgresRows.Row) throws -> FaceCollection? {
        let name = try row.text(2)
        guard let identifier = UUID(uuidString: try row.text(1)) else {
            throw DeepFaceError(.storeInconsistent, "a collection's identifier is damaged", input: name)
        }
        let recipe: EmbeddingRecipe?
        if row.isNull(3) {
            recipe = EmbeddingRecipe(
                python: try row.text(6), detector: try row.text(7), isAligned: try row.bool(8))
        } else {
            recipe = try JSONDecoder().decode(EmbeddingRecipe.self, from: row.bytes(3))
        }
        guard let recipe else { return nil }
        return FaceCollection(
            id: try row.int(0), identifier: identifier, name: name, recipe: recipe,
            dimensions: Int(try row.int(4)), isEncrypted: false, created: try row.date(5))
    }

    public func collections() async throws(DeepFaceError) -> [FaceCollection] {
        try await database.read { connection in
            try connection.execute("\(Self.collectionColumns) ORDER BY name").map(self.collection).compactMap { $0 }
        }
    }

    public func collection(named name: String) async throws(DeepFaceError) -> FaceCollection? {
        try await database.read { connection in try self.collection(named: name, connection) }
    }

    private func collection(named name: String, _ connection: PostgresConnection) throws -> FaceCollection? {
        guard
            let row = try connection.execute("\(Self.collectionColumns) WHERE name = $1", [.text(name)]).first
        else { return nil }
        guard let collection = try collection(row) else {
            throw DeepFaceError(
                .storeInconsistent,
                "its faces are of a model or detector that is not known here: \(try row.text(6)), \(try row.text(7))",
                input: name)
        }
        return collection
    }

    public func makeCollection(_ plan: CollectionPlan) async throws(DeepFaceError) -> FaceCollection {
        if plan.name.isEmpty { throw DeepFaceError(.invalidOption, "a collection needs a name") }
        try PostgresText.check(plan.name)
        if plan.isEncrypted {
            throw DeepFaceError(
                .invalidOption, "this store encrypts no collection: the database looks into the vectors",
                input: plan.name, advice: "encrypt the server's disk, or use a sqlite: store")
        }
        if let found = try await collection(named: plan.name) { return found }
        if plan.name.hasPrefix("python/") {
            throw DeepFaceError(
                .invalidOption, "names that begin with python/ are those of Python DeepFace's faces", input: plan.name)
        }
        return try await database.write { connection in
            try self.lock(connection)
            if let found = try self.collection(named: plan.name, connection) { return found }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try connection.execute(
                """
                INSERT INTO \(t)_collections (name, recipe, dimensions, model_name, detector_backend, aligned)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .text(plan.name), .text(String(decoding: try encoder.encode(plan.recipe), as: UTF8.self)),
                    .int(Int64(plan.dimensions)), .text(plan.recipe.model), .text(plan.recipe.detector),
                    .bool(plan.recipe.align != .none),
                ])
            guard let made = try self.collection(named: plan.name, connection) else {
                throw DeepFaceError(.storeInconsistent, "a collection is not there once made", input: plan.name)
            }
            try self.prepare(made, connection)
            return made
        }
    }

    public func delete(_ collection: FaceCollection) async throws(DeepFaceError) {
        try await database.write { connection in
            try self.lock(connection)
            try self.deleteSamples(of: nil, in: collection, connection)
            for table in ["photos", "removals", "people"] {
                try connection.execute("DELETE FROM \(t)_\(table) WHERE collection_id = $1", [.int(collection.id)])
            }
            try connection.execute("DELETE FROM \(t)_collections WHERE id = $1", [.int(collection.id)])
        }
    }

    func exists(_ collection: FaceCollection, _ connection: PostgresConnection) throws {
        let found = try connection.execute(
            "SELECT 1 FROM \(t)_collections WHERE id = $1 AND identifier = $2::text::uuid",
            [.int(collection.id), .text(collection.identifier.uuidString)])
        if found.count == 0 {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: collection.name)
        }
    }
}

/// Text that PostgreSQL takes.
enum PostgresText {
    /// - Throws: `invalidOption` for the one character that it does not.
    static func check(_ text: String) throws(DeepFaceError) {
        // All bytes at once, where they lie in a row.
        if text.utf8.withContiguousStorageIfAvailable({ $0.contains(0) }) ?? text.utf8.contains(0) {
            throw DeepFaceError(
                .invalidOption, "a name holds the character 0, which the database does not take",
                input: text.replacing("\0", with: "?"))
        }
    }
}
