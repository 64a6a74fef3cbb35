import DeepFace
import Foundation

/// A collection of the server's, as a table: columns in, columns out.
struct MilvusTable: RowTable {
    let client: MilvusClient
    let name: String

    enum ColumnType {
        /// The number that rows are known by.
        case id
        case integer
        case double
        /// At most so many bytes of text.
        case text(Int)
        case vector(Int)
    }

    // MARK: The table itself

    /// Makes the table with its indexes, and has it loaded. One that is there already stays.
    func make(
        _ columns: [(name: String, type: ColumnType)], indexes: [String], metric: String
    ) async throws(DeepFaceError) {
        if try await MilvusServer(client: client, prefix: "").exists(name) { return }
        let schema = MilvusCollectionSchema.with { schema in
            schema.name = name
            schema.fields = columns.map { column in
                .with { field in
                    field.name = column.name
                    func parameter(_ key: String, _ value: Int) {
                        field.typeParams += MilvusTable.pairs([(key, "\(value)")])
                    }
                    switch column.type {
                    case .id: (field.dataType, field.isPrimaryKey) = (5, true)
                    case .integer: field.dataType = 5
                    case .double: field.dataType = 11
                    case .text(let length):
                        field.dataType = 21
                        parameter("max_length", length)
                    case .vector(let dimensions):
                        field.dataType = 101
                        parameter("dim", dimensions)
                    }
                }
            }
        }
        guard let bytes = try? schema.serializedData() else {
            throw DeepFaceError(.engine, "a schema cannot be written")
        }
        let request = MilvusCreateCollectionRequest.with {
            $0.collectionName = name
            $0.schema = bytes
            $0.shardsNum = 1
        }
        let _: MilvusStatus = try await client.change("CreateCollection", request)
        for column in columns {
            if case .vector = column.type { try await makeIndex(column.name, type: "FLAT", metric: metric) }
        }
        for column in indexes { try await makeIndex(column, type: "INVERTED", metric: nil) }
        try await client.load(name)
    }

    func makeIndex(
        _ column: String, type: String, metric: String?, parameters: [String: Int] = [:]
    ) async throws(DeepFaceError) {
        var pairs = [("index_type", type), ("params", Self.json(parameters))]
        if let metric { pairs.append(("metric_type", metric)) }
        let request = MilvusCreateIndexRequest.with {
            $0.collectionName = name
            $0.fieldName = column
            $0.indexName = "\(column)_idx"
            $0.extraParams = Self.pairs(pairs)
        }
        let _: MilvusStatus = try await client.change("CreateIndex", request)
    }

    func dropIndex(_ column: String) async throws(DeepFaceError) {
        let request = MilvusDropIndexRequest.with {
            $0.collectionName = name
            $0.fieldName = column
            $0.indexName = "\(column)_idx"
        }
        let _: MilvusStatus = try await client.change("DropIndex", request)
    }

    /// `LoadCollection`, `ReleaseCollection`, `DropCollection`.
    func call(_ method: String) async throws(DeepFaceError) {
        let _: MilvusStatus = try await client.change(
            method, MilvusCollectionRequest.with { $0.collectionName = name })
    }

    /// Has the server write what it holds in memory, so that it gets its index.
    func flush() async throws(DeepFaceError) {
        let _: MilvusFlushResponse = try await client.change(
            "Flush", MilvusFlushRequest.with { $0.collectionNames = [name] })
    }

    // MARK: Rows

    func insert(_ rows: RowColumns) async throws(DeepFaceError) { try await write("Insert", rows) }
    func replace(_ rows: RowColumns) async throws(DeepFaceError) { try await write("Upsert", rows) }

    private func write(_ method: String, _ rows: RowColumns) async throws(DeepFaceError) {
        let request = MilvusInsertRequest.with {
            $0.collectionName = name
            $0.fieldsData = rows.milvus
            $0.numRows = UInt32(rows.count)
        }
        let result: MilvusMutationResult = try await client.change(method, request)
        guard max(result.insertCnt, result.upsertCnt) == Int64(rows.count) else {
            throw DeepFaceError(.storeUnavailable, "the server did not take all rows", input: client.address.text)
        }
    }

    func delete(_ ids: [Int64]) async throws(DeepFaceError) {
        for start in stride(from: 0, to: ids.count, by: 5000) {
            let part = ids[start..<min(start + 5000, ids.count)]
            let request = MilvusDeleteRequest.with {
                $0.collectionName = name
                $0.expr = RowCondition.among("id", part).milvus
            }
            let _: MilvusMutationResult = try await client.change("Delete", request)
        }
    }

    /// A strong read.
    func query(_ condition: RowCondition, _ columns: [String]) async throws(DeepFaceError) -> RowColumns {
        let request = MilvusQueryRequest.with {
            $0.collectionName = name
            $0.expr = condition.milvus
            $0.outputFields = columns
        }
        let results: MilvusQueryResults = try await client.ask("Query", request, of: name)
        return RowColumns(results.fieldsData)
    }

    /// The rows nearest to each probe: how many were found of each, and all rows one after the other.
    func search(
        _ probes: [[Float]], column: String, count: Int, metric: String, parameters: [String: Int],
        condition: RowCondition?, _ columns: [String]
    ) async throws(DeepFaceError) -> (counts: [Int], rows: RowColumns) {
        let group = MilvusPlaceholderGroup.with { group in
            group.placeholders = [
                .with {
                    $0.tag = "$0"
                    $0.type = 101
                    $0.values = probes.map(VectorBytes.data)
                }
            ]
        }
        guard let bytes = try? group.serializedData() else { throw DeepFaceError(.engine, "probes cannot be written") }
        let request = MilvusSearchRequest.with {
            $0.collectionName = name
            $0.dsl = condition?.milvus ?? ""
            $0.dslType = 1
            $0.placeholderGroup = bytes
            $0.outputFields = columns
            $0.nq = Int64(probes.count)
            $0.searchParams = Self.pairs([
                ("anns_field", column), ("topk", "\(count)"), ("metric_type", metric),
                ("params", Self.json(parameters)), ("round_decimal", "-1"),
            ])
        }
        let results: MilvusSearchResults = try await client.ask("Search", request, of: name)
        var rows = RowColumns(results.results.fieldsData)
        rows.add("id", results.results.ids.intID.data)
        return (results.results.topks.map(Int.init), rows)
    }

    private static func pairs(_ pairs: [(String, String)]) -> [MilvusKeyValuePair] {
        pairs.map { pair in .with { ($0.key, $0.value) = pair } }
    }

    private static func json(_ parameters: [String: Int]) -> String {
        "{\(parameters.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }
}
