import Crypto
import DeepFace
import Foundation
import VectorIndex

/// Faces in a PostgreSQL database, in the very tables that Python DeepFace uses: rows of either program are found by
/// the other. What Python's tables do not tell is in tables of our own, whose names begin with `deepface_`.
///
/// Vectors are searched by an index in a folder of this machine that follows the table.
public final class PostgresStore: PostgresTables {
    public static let scheme = "postgres"
    public static let aliases = ["postgresql"]
    public static let addressForm = "postgres://USER:PASSWORD@HOST/DATABASE"
    public static let pythonVariable: String? = "DEEPFACE_POSTGRES_URI"

    static let prefix = "deepface"
    static let samples = "deepface_samples s JOIN embeddings e ON e.id = s.id"
    static let vector = "embedding"
    static let lockedTable = "embeddings"
    /// Python has a face once for each of its embeddings.
    static let isUnique = false

    let database: PostgresDatabase
    public let indexFolder: URL?

    static func vector(_ row: PostgresRows.Row, _ column: Int32) throws -> [Float] { try row.doubles(column) }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let database = try PostgresDatabase(address)
        self.database = database
        try await Self.install(in: database, creates: creates, others: "embeddings") { connection, path in
            try connection.run(PythonSchema.tables)
            try Self.checkColumns(connection, address)
            let t = Self.prefix
            try connection.run(PostgresSchema.common(t, path: path))
            try connection.run(
                """
                CREATE TABLE \(t)_samples (\(PostgresSchema.sampleColumns), PRIMARY KEY (collection_id, id));
                """)
            try connection.run(PostgresSchema.triggers(t, on: Self.lockedTable, isUnique: Self.isUnique))
            try connection.run(PythonSchema.adoption(t, path: path))
        }
        let identity = try await database.read { connection in try Self.identity(connection) }
        indexFolder = WeightStore().home.appending(path: ".deepface/index/\(identity)")
    }

    /// - Throws: `storeInconsistent` when a table of that name is there and it is not Python DeepFace's.
    private static func checkColumns(_ connection: PostgresConnection, _ address: StoreAddress) throws {
        let found = try connection.executeOnce(
            """
            SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
            WHERE attrelid = 'embeddings'::regclass AND attnum > 0 AND NOT attisdropped
            """
        ).map { (try $0.text(0), try $0.text(1)) }
        let types = Dictionary(uniqueKeysWithValues: found)
        for (column, type) in PythonSchema.columns.sorted(by: { $0.key < $1.key }) where types[column] != type {
            throw DeepFaceError(
                .storeInconsistent,
                "its table embeddings is not that of a present Python DeepFace: \(column) is "
                    + "\(types[column] ?? "missing"), not \(type)",
                input: address.description, advice: "use another database, or a schema of its own")
        }
    }

    /// A name for this very database, as it is now: one that was restored from a backup is another, for its ids go on
    /// from where they were then.
    private static func identity(_ connection: PostgresConnection) throws -> String {
        let store = try connection.executeOnce(
            """
            SELECT identifier::text || ' ' || d.oid || ' ' || coalesce(inet_server_port(), 0)
            FROM \(prefix)_store, pg_database d WHERE d.datname = current_database()
            """
        ).first?.text(0)
        // Not everybody may ask that.
        let server = try? connection.executeOnce(
            "SELECT system_identifier || ' ' || timeline_id FROM pg_control_system(), pg_control_checkpoint()"
        ).first?.text(0)
        let digest = SHA256.hash(data: Data("\(store ?? "") \(server ?? "")".utf8))
        return String(decoding: HexadecimalDigits.of(digest.prefix(12)), as: UTF8.self)
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        try await database.read { connection in
            var problems: [String] = []
            func tell(_ count: String, _ what: String) throws {
                let found = try connection.executeOnce("SELECT count(*) FROM \(count)").first?.int(0) ?? 0
                if found > 0 { problems.append("\(found) \(what)") }
            }
            let t = Self.prefix
            try tell(
                "\(t)_samples s WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE id = s.id)", "samples have no vector")
            try tell(
                "embeddings e WHERE NOT EXISTS (SELECT 1 FROM \(t)_samples s, \(t)_collections c "
                    + "WHERE s.collection_id = c.id AND s.id = e.id)",
                "rows of embeddings are of no collection: their vectors cannot be used")
            try tell(
                "\(t)_samples s WHERE NOT EXISTS (SELECT 1 FROM \(t)_people WHERE id = s.person_id)",
                "samples are of nobody")
            try tell(
                "\(t)_samples s JOIN \(t)_collections c ON c.id = s.collection_id JOIN embeddings e ON e.id = s.id "
                    + "WHERE cardinality(embedding) <> c.dimensions",
                "vectors have another number of dimensions than their collection")
            return problems
        }
    }

    // MARK: Writing

    func newIDs(_ count: Int, _ connection: PostgresConnection) throws -> [Int64] {
        // The sequence is looked up once: that takes longer than a number of it.
        try connection.execute(
            """
            WITH s AS MATERIALIZED (SELECT pg_get_serial_sequence('embeddings', 'id')::regclass AS name)
            SELECT nextval(name) FROM s, generate_series(1, $1)
            """, [.int(Int64(count))]
        ).map { try $0.int(0) }
    }

    func insert(_ faces: [PlacedFace], to collection: FaceCollection, _ connection: PostgresConnection) throws {
        let row = try connection.execute(
            "SELECT model_name, detector_backend, aligned, l2_normalized FROM \(t)_collections WHERE id = $1",
            [.int(collection.id)]
        ).first
        guard let row else {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: collection.name)
        }
        let (model, detector) = (Array(try row.bytes(0)), Array(try row.bytes(1)))
        let (aligned, normalized) = (try row.bool(2), try row.bool(3))
        // Its sample comes with each row: the trigger leaves them alone.
        try connection.run("SET LOCAL \(PythonSchema.writer) = 'deepface'")
        let columns = """
            id, img_name, face, face_shape, model_name, detector_backend, aligned, l2_normalized, embedding, face_hash,
            embedding_hash
            """
        let digest = FaceDigest(collection)
        try connection.copy(into: "embeddings (\(columns))", rows: faces.count) { buffer, number in
            let face = faces[number]
            buffer.beginRow(fields: 11)
            buffer.append(field: .int(face.id))
            buffer.append(field: .text(face.face.image))
            // The aligned picture that Python keeps here is not kept by us; nothing of Python's reads it.
            buffer.append(field: .bytes(Data()))
            buffer.append(int32s: [0, 0, 0])
            buffer.append(field: model)
            buffer.append(field: detector)
            buffer.append(field: .bool(aligned))
            buffer.append(field: .bool(normalized))
            buffer.append(doubles: face.face.vector)
            buffer.append(field: digest.of(face.face))
            buffer.append(field: FaceDigest.of(face.face.vector))
        }
        try connection.copy(
            into: "\(t)_samples (id, collection_id, person_id, hash, x, y, w, h, landmarks, confidence, "
                + "age, gender, emotion, race)",
            rows: faces.count
        ) { buffer, number in
            buffer.beginRow(fields: 14)
            buffer.append(sample: faces[number], of: collection)
        }
    }

    func prepare(_ collection: FaceCollection, _ connection: PostgresConnection) throws {}

    func deleteSamples(of people: [Int64]?, in collection: FaceCollection, _ connection: PostgresConnection) throws {
        // The trigger takes the samples away.
        try connection.execute(
            """
            DELETE FROM embeddings e USING \(t)_samples s WHERE e.id = s.id AND s.collection_id = $1
                AND ($2 OR s.person_id = ANY($3))
            """, [.int(collection.id), .bool(people == nil), .ints(people ?? [])])
    }

    func deleteSamples(_ ids: [Int64], in collection: FaceCollection, _ connection: PostgresConnection) throws {
        try connection.execute(
            """
            DELETE FROM embeddings e USING \(t)_samples s WHERE e.id = s.id AND s.collection_id = $1
                AND s.id = ANY($2)
            """, [.int(collection.id), .ints(ids)])
    }
}

extension CopyBuffer {
    /// The columns that every table of samples has, in the order of `PostgresSchema.sampleColumns`.
    mutating func append(sample placed: PlacedFace, of collection: FaceCollection) {
        let area = placed.face.facialArea
        append(field: .int(placed.id))
        append(field: .int(collection.id))
        append(field: .int(placed.person))
        append(field: .text(placed.face.hash))
        for number in [area.x, area.y, area.w, area.h] { append(field: .int(Int64(number))) }
        appendField { area.appendLandmarks(to: &$0) }
        append(field: .double(placed.face.faceConfidence))
        let attributes = placed.face.attributes
        let age = attributes?.age.map { PostgresValue.int(Int64($0)) }
        append(field: age ?? PostgresValue.null)
        for label in [attributes?.gender, attributes?.emotion, attributes?.race] {
            append(field: label.map { PostgresValue.text($0) } ?? PostgresValue.null)
        }
    }
}

extension EmbeddingRecipe {
    /// What Python DeepFace's tables tell of how a face was embedded; the rest is Python's defaults. The weights are
    /// taken to be those that are installed.
    init?(python model: String, detector: String, isAligned: Bool) {
        var options = Options()
        guard let model = try? RecognitionRegistry.model(named: model),
            let detector = try? DetectorRegistry.detector(named: detector)
        else { return nil }
        (options.model, options.detector) = (model, detector)
        options.alignment = isAligned ? .eyes : Alignment.none
        self.init(options)
    }
}
