import DeepFace
import Foundation

/// Faces in a PostgreSQL database with the extension pgvector, which finds the neighbours itself.
///
/// All samples are in one table, a partition a collection. Names of tables begin with `deepface_vector_`.
public final class PgVectorStore: PostgresTables {
    public static let scheme = "pgvector"
    public static let addressForm = "pgvector://USER:PASSWORD@HOST/DATABASE"
    public static let pythonVariable: String? = "DEEPFACE_POSTGRES_URI"

    static let prefix = "deepface_vector"
    static let samples = "deepface_vector_samples s"
    static let vector = "embedding"
    static let lockedTable = "deepface_vector_samples"
    static let isUnique = true

    let database: PostgresDatabase

    /// None: the database has the indexes.
    public var indexFolder: URL? { nil }

    static func vector(_ row: PostgresRows.Row, _ column: Int32) throws -> [Float] { try row.vector(column) }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let database = try PostgresDatabase(address)
        self.database = database
        try await Self.install(in: database, creates: creates) { connection, path in
            try Self.extend(connection, address)
            let t = Self.prefix
            try connection.run(PostgresSchema.common(t, path: path))
            try connection.run(
                """
                CREATE SEQUENCE \(t)_ids;
                CREATE TABLE \(t)_samples (
                    \(PostgresSchema.sampleColumns),
                    img_name TEXT NOT NULL,
                    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
                    embedding vector NOT NULL,
                    PRIMARY KEY (collection_id, id)
                ) PARTITION BY LIST (collection_id);
                CREATE TABLE \(t)_indexes (
                    collection_id BIGINT NOT NULL REFERENCES \(t)_collections,
                    metric TEXT NOT NULL,
                    recall FLOAT8 NOT NULL,
                    effort BIGINT NOT NULL,
                    PRIMARY KEY (collection_id, metric)
                );
                """)
            try connection.run(PostgresSchema.triggers(t, on: Self.lockedTable, isUnique: Self.isUnique))
        }
    }

    private static func extend(_ connection: PostgresConnection, _ address: StoreAddress) throws {
        let facts = try connection.executeOnce(
            """
            SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector'),
                EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'vector')
            """
        ).first
        if try facts?.bool(0) == true { return }
        guard try facts?.bool(1) == true else {
            throw DeepFaceError(
                .storeUnavailable, "the server does not have the extension pgvector", input: address.description,
                advice: "install it there, or use postgres:// instead of pgvector://")
        }
        try connection.run("CREATE EXTENSION vector")
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        try await database.read { connection in
            let t = Self.prefix
            var problems: [String] = []
            let strangers = try connection.executeOnce(
                """
                SELECT count(*) FROM \(t)_samples s
                WHERE NOT EXISTS (SELECT 1 FROM \(t)_people WHERE id = s.person_id)
                """
            ).first?.int(0)
            if let strangers, strangers > 0 { problems.append("\(strangers) samples are of nobody") }
            let misfits = try connection.executeOnce(
                """
                SELECT count(*) FROM \(t)_samples s JOIN \(t)_collections c ON c.id = s.collection_id
                WHERE vector_dims(embedding) <> c.dimensions
                """
            ).first?.int(0)
            if let misfits, misfits > 0 {
                problems.append("\(misfits) vectors have another number of dimensions than their collection")
            }
            return problems
        }
    }

    // MARK: Writing

    func newIDs(_ count: Int, _ connection: PostgresConnection) throws -> [Int64] {
        try connection.execute(
            "SELECT nextval('\(t)_ids') FROM generate_series(1, $1)", [.int(Int64(count))]
        ).map { try $0.int(0) }
    }

    func insert(_ faces: [PlacedFace], to collection: FaceCollection, _ connection: PostgresConnection) throws {
        let columns = """
            id, collection_id, person_id, hash, x, y, w, h, landmarks, confidence, age, gender, emotion, race, img_name,
            embedding
            """
        try connection.copy(into: "\(t)_samples (\(columns))", rows: faces.count) { buffer, number in
            let face = faces[number]
            buffer.beginRow(fields: 16)
            buffer.append(sample: face, of: collection)
            buffer.append(field: .text(face.face.image))
            buffer.append(field: .vector(face.face.vector))
        }
    }

    func prepare(_ collection: FaceCollection, _ connection: PostgresConnection) throws {
        guard collection.dimensions <= Self.mostDimensions else {
            throw DeepFaceError(
                .invalidOption, "a vector of pgvector's has at most \(Self.mostDimensions) numbers",
                input: collection.name)
        }
        try connection.run(
            "CREATE TABLE \(partition(collection)) PARTITION OF \(t)_samples FOR VALUES IN (\(collection.id))")
        // Within the row, not in a table beside it, as far as a page has room: a scan reads it all.
        if collection.dimensions <= 1800 {
            try connection.run("ALTER TABLE \(partition(collection)) ALTER COLUMN embedding SET STORAGE PLAIN")
        }
    }

    /// Of the type `vector`.
    private static let mostDimensions = 16_000

    func partition(_ collection: FaceCollection) -> String { "\(t)_samples_\(collection.id)" }

    func deleteSamples(of people: [Int64]?, in collection: FaceCollection, _ connection: PostgresConnection) throws {
        if let people {
            try connection.execute(
                "DELETE FROM \(t)_samples WHERE collection_id = $1 AND person_id = ANY($2)",
                [.int(collection.id), .ints(people)])
        } else {
            try connection.run("DROP TABLE IF EXISTS \(partition(collection))")
            try connection.execute("DELETE FROM \(t)_indexes WHERE collection_id = $1", [.int(collection.id)])
        }
    }

    func deleteSamples(_ ids: [Int64], in collection: FaceCollection, _ connection: PostgresConnection) throws {
        try connection.execute(
            "DELETE FROM \(t)_samples WHERE collection_id = $1 AND id = ANY($2)", [.int(collection.id), .ints(ids)])
    }
}
