import DeepFace
import Foundation
import VectorIndex

extension PgVectorStore: NeighborStore {
    public func neighbors(
        of probes: [[Float]], count: Int, metric: DistanceMetric, people: [Person]?, where filter: AttributeFilter?,
        approximate: Bool, in collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors {
        let (t, metric) = (t, metric.indexed)
        return try await database.read { connection in
            var index: (effort: Int64, version: (Int, Int))?
            if approximate {
                // Both at once: each round trip is a good part of what the search itself takes.
                index = try connection.execute(
                    """
                    SELECT effort, extversion FROM \(t)_indexes, pg_extension
                    WHERE collection_id = $1 AND metric = $2 AND extname = 'vector'
                    """, [.int(collection.id), .text(metric.rawValue)]
                ).first.map { (try $0.int(0), Self.version(try $0.text(1))) }
            }
            if let index {
                try self.search(with: max(index.effort, Int64(count)), version: index.version, connection)
            }
            let rows = try probes.map { probe in
                try self.neighbors(
                    of: probe, count: count, metric, people: people, where: filter, byIndex: index != nil, collection,
                    connection)
            }
            return StoredNeighbors(rows: rows, isExact: index == nil)
        }
    }

    /// How much of the index a search on this connection looks at.
    fileprivate func search(
        with effort: Int64, version: (Int, Int), _ connection: PostgresConnection
    ) throws {
        try connection.set("hnsw.ef_search", "\(min(effort, 1000))")
        // Goes on where a filter, or a large count, leaves too few. Older versions do not.
        if version >= (0, 8) { try connection.set("hnsw.iterative_scan", "strict_order") }
    }

    /// One round trip: the samples with their vectors.
    fileprivate func neighbors(
        of probe: [Float], count: Int, _ metric: VectorMetric, people: [Person]?, where filter: AttributeFilter?,
        byIndex: Bool, _ collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> [StoredFace] {
        if people?.isEmpty == true { return [] }
        try connection.set("jit", "off")
        // The index is over an expression; the plain column is no match for it, and is scanned.
        let space = Space(collection)
        let distance =
            byIndex
            ? "\(space.expression) \(metric.operator) \(space.cast("$1::vector"))"
            : "embedding \(metric.operator) $1::vector"
        var values: [PostgresValue] = [.vector(probe), .int(Int64(count))]
        var condition = ""
        if let people {
            condition = "AND person_id = ANY($3)"
            values.append(.ints(people.map(\.id)))
        }
        if let filter {
            let first = values.count + 1
            condition += " AND " + filter.sql { "$\(first + $0)" }
            values += filter.postgresValues
        }
        return try connection.execute(
            """
            SELECT \(Self.sampleColumns), embedding FROM (
                SELECT *, \(distance) AS distance FROM \(t)_samples
                WHERE collection_id = \(collection.id) \(condition) ORDER BY \(distance) LIMIT $2
            ) s JOIN \(t)_people p ON p.id = s.person_id ORDER BY s.distance, s.id
            """, values
        ).map { StoredFace(sample: try Self.sample($0), vector: try $0.vector(Self.sampleWidth)) }
    }

    fileprivate func version(_ connection: PostgresConnection) throws -> (Int, Int) {
        let text = try connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").first?.text(0)
        return Self.version(text ?? "")
    }

    /// The first two numbers.
    private static func version(_ text: String) -> (Int, Int) {
        let numbers = text.split(separator: ".").map { Int($0) ?? 0 }
        return (numbers.first ?? 0, numbers.dropFirst().first ?? 0)
    }
}

/// How the index holds a collection's vectors.
private struct Space {
    let type: String

    init(_ collection: FaceCollection) {
        // An index takes 2000 numbers of 32 bits, and twice as many of 16; the column keeps all in 32.
        type = "\(collection.dimensions <= 2000 ? "vector" : "halfvec")(\(collection.dimensions))"
    }

    var expression: String { "(embedding::\(type))" }
    var isHalf: Bool { type.hasPrefix("half") }
    func cast(_ vector: String) -> String { "\(vector)::\(type)" }

    func operators(_ metric: VectorMetric) -> String {
        (isHalf ? "halfvec" : "vector") + (metric == .cosine ? "_cosine_ops" : "_l2_ops")
    }
}

extension VectorMetric {
    fileprivate var `operator`: String { self == .cosine ? "<=>" : "<->" }
}

extension PgVectorStore {
    public func indexes(of collection: FaceCollection) async throws(DeepFaceError) -> [CollectionStats.Index] {
        let t = t
        return try await database.read { connection in
            try connection.execute(
                """
                SELECT metric, recall, pg_relation_size(to_regclass('\(t)_hnsw_' || collection_id || '_' || metric)),
                    (SELECT count(*) FROM \(t)_samples s WHERE s.collection_id = i.collection_id)
                FROM \(t)_indexes i WHERE collection_id = $1 ORDER BY metric
                """, [.int(collection.id)]
            ).map { row in
                CollectionStats.Index(
                    kind: .hnsw, metric: VectorMetric(rawValue: try row.text(0)) ?? .cosine,
                    vectors: Int(try row.int(3)), bytes: Int(try row.int(2)), recall: try row.double(1))
            }
        }
    }

    public func buildIndex(
        _ choice: IndexChoice, metric: VectorMetric, of collection: FaceCollection,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError) {
        guard choice.kind == nil || choice.kind == .hnsw else {
            throw DeepFaceError(
                .invalidOption, "this store's index is of the kind hnsw", input: choice.kind?.rawValue,
                advice: "leave --index out")
        }
        guard collection.dimensions <= 4000 else {
            throw DeepFaceError(
                .invalidOption,
                "pgvector's index takes at most 4000 dimensions, and the vectors have \(collection.dimensions)",
                input: collection.name, advice: "search without --ann, or use a postgres:// or sqlite: store")
        }
        let t = t
        try await database.write { connection in
            let space = Space(collection)
            if space.isHalf, try self.version(connection) < (0, 7) {
                throw DeepFaceError(
                    .invalidOption,
                    "this version of pgvector has no index for \(collection.dimensions) dimensions",
                    input: collection.name, advice: "update it to 0.7 or later, or search without --ann")
            }
            let name = "\(t)_hnsw_\(collection.id)_\(metric.rawValue)"
            try connection.run(
                """
                SET LOCAL maintenance_work_mem = '512MB';
                DROP INDEX IF EXISTS \(name);
                CREATE INDEX \(name) ON \(self.partition(collection))
                    USING hnsw (\(space.expression) \(space.operators(metric))) WITH (ef_construction = 128);
                ANALYZE \(self.partition(collection))
                """)
            progress(0.5)
            let effort = try self.effort(for: choice.recall, metric, collection, connection)
            try connection.execute(
                """
                INSERT INTO \(t)_indexes (collection_id, metric, recall, effort) VALUES ($1, $2, $3, $4)
                ON CONFLICT (collection_id, metric) DO UPDATE SET recall = excluded.recall, effort = excluded.effort
                """, [.int(collection.id), .text(metric.rawValue), .double(choice.recall), .int(effort)])
            progress(1)
        }
    }

    /// The least effort that finds the share of true neighbours, measured on vectors of the collection.
    private func effort(
        for recall: Double, _ metric: VectorMetric, _ collection: FaceCollection, _ connection: PostgresConnection
    ) throws -> Int64 {
        let probes = try connection.executeOnce(
            "SELECT embedding FROM \(partition(collection)) ORDER BY random() LIMIT 50"
        ).map { try $0.vector(0) }
        func found(_ probe: [Float], byIndex: Bool) throws -> Set<Int64> {
            Set(
                try neighbors(
                    of: probe, count: 10, metric, people: nil, where: nil, byIndex: byIndex, collection, connection
                ).map(\.sample.id))
        }
        let truth = try probes.map { try found($0, byIndex: false) }
        let version = try version(connection)
        for effort: Int64 in [40, 80, 160, 320, 640] {
            try search(with: effort, version: version, connection)
            var (hits, wanted) = (0, 0)
            for (probe, truth) in zip(probes, truth) {
                hits += try found(probe, byIndex: true).intersection(truth).count
                wanted += truth.count
            }
            if Double(hits) >= recall * Double(wanted) { return effort }
        }
        return 1000
    }
}
