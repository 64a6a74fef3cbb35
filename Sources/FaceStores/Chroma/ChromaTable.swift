import DeepFace
import Foundation

/// A collection of Chroma's, as a table: a row is a record, its columns are the values beside it.
///
/// Chroma gives an embedding back a little rounded where it compares by the cosine, so a vector's own bits stand beside
/// it, as a data URI: these come only when they are asked for.
struct ChromaTable: RowTable {
    let server: ChromaServer
    let name: String

    /// Ids and values that a call may name.
    private static let portion = 5000
    private static let start = "data:;base64,"

    // MARK: Writing

    /// No record is there twice, so there is nothing that could be put in its place.
    func insert(_ rows: RowColumns) async throws(DeepFaceError) { try await replace(rows) }

    func replace(_ rows: RowColumns) async throws(DeepFaceError) {
        let ids = rows.integers("id")
        // The server takes some 40 MB at a time.
        let step = max(1, min(server.longestBatch, 1_000_000 / max(1, rows.dimensions)))
        for start in stride(from: 0, to: ids.count, by: step) {
            let part = start..<min(start + step, ids.count)
            var body = ChromaRecords(ids: ids[part].map { "\($0)" })
            for place in part {
                var values: [String: ChromaValue] = [:]
                for (name, column) in rows.integers { values[name] = .integer(column[place]) }
                for (name, column) in rows.doubles { values[name] = .number(column[place]) }
                for (name, column) in rows.texts { values[name] = .text(column[place]) }
                if !rows.attributes.isEmpty, let attributes = rows.attributes[place] {
                    if let age = attributes.age { values["age"] = .integer(Int64(age)) }
                    if let gender = attributes.gender { values["gender"] = .text(gender) }
                    if let emotion = attributes.emotion { values["emotion"] = .text(emotion) }
                    if let race = attributes.race { values["race"] = .text(race) }
                }
                body.metadatas.append(values)
                // Chroma wants a vector of every record.
                let vector =
                    rows.dimensions == 0
                    ? [Float(ids[place])]
                    : Array(rows.vectors[place * rows.dimensions..<(place + 1) * rows.dimensions])
                let text = VectorBytes.data(vector).base64EncodedString()
                body.embeddings.append(text)
                body.uris.append(rows.dimensions == 0 ? nil : Self.start + text)
            }
            try await server.change(name, "upsert", body)
        }
    }

    func delete(_ ids: [Int64]) async throws(DeepFaceError) {
        for start in stride(from: 0, to: ids.count, by: Self.portion) {
            let part = ids[start..<min(start + Self.portion, ids.count)]
            try await server.change(name, "delete", ChromaAsk(ids: part))
        }
    }

    // MARK: Reading

    func query(_ condition: RowCondition, _ columns: [String]) async throws(DeepFaceError) -> RowColumns {
        let isBeside = columns.contains { $0 != "id" && $0 != "vector" }
        let include = (isBeside ? ["metadatas"] : []) + (columns.contains("vector") ? ["uris"] : [])
        var found = ChromaFound(ids: [], metadatas: [], uris: [])
        var known: Set<String> = []
        let asks = Self.asks(condition)
        for ask in asks {
            let part = try await records(ask, include: include)
            for (place, id) in part.ids.enumerated() where asks.count == 1 || known.insert(id).inserted {
                found.ids.append(id)
                if let values = part.metadatas { found.metadatas?.append(values[place]) }
                if let uris = part.uris { found.uris?.append(uris[place]) }
            }
        }
        return try rows(found, columns)
    }

    func records(_ ask: ChromaAsk, include: [String]) async throws(DeepFaceError) -> ChromaFound {
        var ask = ask
        ask.include = include
        return try await server.ask(name, "get", ask)
    }

    /// The ids of the nearest records to each probe, nearest first.
    func nearest(
        to probes: [[Float]], count: Int, where condition: ChromaWhere?
    ) async throws(DeepFaceError) -> [[Int64]] {
        let found: ChromaNeighbors = try await server.ask(
            name, "query", ChromaQuery(probes: probes, count: count, condition: condition))
        return found.ids.map { $0.compactMap { Int64($0) } }
    }

    /// A condition as calls whose answers together are the answer.
    private static func asks(_ condition: RowCondition) -> [ChromaAsk] {
        func portions<Value>(_ values: [Value], _ ask: ([Value]) -> ChromaAsk) -> [ChromaAsk] {
            stride(from: 0, to: values.count, by: portion).map { start in
                ask(Array(values[start..<min(start + portion, values.count)]))
            }
        }
        switch condition {
        case .numbers("id", let ids): return portions(ids) { ChromaAsk(ids: $0) }
        case .numbers(let name, let numbers):
            return portions(numbers) { ChromaAsk(condition: ChromaWhere(.numbers(name, $0))) }
        case .texts(let name, let texts):
            return portions(texts) { ChromaAsk(condition: ChromaWhere(.texts(name, $0))) }
        case .any(let parts): return parts.flatMap(asks)
        case .otherNumbers, .window, .all: return [ChromaAsk(condition: ChromaWhere(condition))]
        }
    }

    private func rows(_ found: ChromaFound, _ columns: [String]) throws(DeepFaceError) -> RowColumns {
        let damaged = DeepFaceError(
            .storeInconsistent, "a record of \(name) is damaged", input: server.address.text)
        func column<Value>(
            _ name: String, _ value: (ChromaValue) -> Value?
        ) throws(DeepFaceError) -> [Value] {
            let values = (found.metadatas ?? []).compactMap { $0?[name].flatMap(value) }
            guard values.count == found.ids.count else { throw damaged }
            return values
        }
        var rows = RowColumns(count: found.ids.count)
        let ids = found.numbers
        guard ids.count == found.ids.count else { throw damaged }
        rows.add("id", ids)
        for name in columns where name != "id" {
            switch name {
            case "vector":
                let vectors = (found.uris ?? []).compactMap { $0.flatMap(Self.vector) }
                let dimensions = vectors.first?.count ?? 0
                guard vectors.count == ids.count, vectors.allSatisfy({ $0.count == dimensions }) else { throw damaged }
                rows.add(vectors: vectors.flatMap(\.self), dimensions: dimensions)
            case "person", "kind", "number": rows.add(name, try column(name, \.integer))
            case "created": rows.add(name, try column(name, \.number))
            default: rows.add(name, try column(name, \.text))
            }
        }
        return rows
    }

    private static func vector(_ uri: String) -> [Float]? {
        guard uri.hasPrefix(start), let data = Data(base64Encoded: String(uri.dropFirst(start.count))) else {
            return nil
        }
        return VectorBytes.vector(data, dimensions: data.count / 4)
    }
}
