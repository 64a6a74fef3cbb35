import DeepFace
import Foundation
import VectorIndex

extension MilvusStore {
    /// The server searches by the metric of its index: exactly when that is flat, and approximately with any. What it
    /// cannot do is done by an index in memory that follows the store.
    public func neighbors(
        of probes: [[Float]], count: Int, metric: DistanceMetric, people: [Person]?, where filter: AttributeFilter?,
        approximate: Bool, in collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors {
        let state = try await state(collection)
        guard !collection.isEncrypted, state.metric == metric.indexed, state.index == .flat || approximate,
            count <= Self.most, people.map({ $0.count <= 5000 }) ?? true
        else {
            return try await ownNeighbors(
                of: probes, count: count, metric: metric, people: people, where: filter, in: collection)
        }
        let allowed = try await passing(filter, state)
        guard allowed.map({ $0.count <= 5000 }) ?? true else {
            return try await ownNeighbors(
                of: probes, count: count, metric: metric, people: people, where: filter, in: collection)
        }
        if people?.isEmpty == true || allowed?.isEmpty == true {
            return StoredNeighbors(rows: probes.map { _ in [] }, isExact: true)
        }
        // Most often there is nothing that does not count, and no condition is faster than one.
        var conditions = [
            people.map { RowCondition.among("person", $0.map(\.id)) }, allowed.map { RowCondition.among("id", $0) },
        ].compactMap(\.self)
        var rows: [[StoredFace]] = []
        for attempt in 0..<2 {
            let (counts, found) = try await table(state).search(
                probes, column: "vector", count: count, metric: state.metric.milvus,
                parameters: Self.parameters(state, count), condition: conditions.isEmpty ? nil : .all(conditions),
                ["id", "person", "details", "vector"])
            rows = try await neighbors(found, counts: counts, probes: probes.count, state, collection)
            if attempt == 1 || rows.reduce(0, { $0 + $1.count }) == counts.reduce(0, +) { break }
            conditions.append(state.facesThatCount)
        }
        return StoredNeighbors(rows: rows, isExact: state.index == .flat)
    }

    public func buildIndex(
        _ choice: IndexChoice, metric: VectorMetric, of collection: FaceCollection,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError) {
        let count = try await sampleCount(of: collection)
        let kind = choice.kind ?? .fitting(count)
        guard let name = Self.names[kind] else {
            throw DeepFaceError(
                .invalidOption, "Milvus has no index of the kind \(kind.rawValue)",
                advice: "choose one of \(Self.names.keys.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        try checkIndexable(collection)
        try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let table = self.table(state)
            try await table.flush()
            progress(0.1)
            if (state.index, state.metric) != (kind, metric) || kind != .flat {
                try await table.call("ReleaseCollection")
                try await table.dropIndex("vector")
                var parameters: [String: Int] = [:]
                if kind == .hnsw { parameters = ["M": 16, "efConstruction": 200] }
                if kind == .ivf {
                    parameters = ["nlist": min(65536, max(16, Int(4 * Double(state.faces).squareRoot())))]
                }
                try await table.makeIndex("vector", type: name, metric: metric.milvus, parameters: parameters)
                progress(0.5)
                try await table.client.load(table.name)
                (state.index, state.metric, state.recall) = (kind, metric, choice.recall)
                state.effort = try await self.effort(state, collection)
                state.revision += 1
                try await self.save(state, collection.id)
            }
        }
        progress(1)
    }

    public func indexes(of collection: FaceCollection) async throws(DeepFaceError) -> [CollectionStats.Index] {
        if collection.isEncrypted { return [] }
        let state = try await state(collection)
        return [
            CollectionStats.Index(
                kind: state.index, metric: state.metric, vectors: state.faces, bytes: 0,
                recall: state.index == .flat ? 1 : state.recall)
        ]
    }

    /// The most neighbours that Milvus gives.
    private static let most = 16_384
    private static let names: [IndexKind: String] = [.flat: "FLAT", .ivf: "IVF_FLAT", .hnsw: "HNSW"]

    /// How far an index that is not exact looks.
    private static func parameters(_ state: RowState, _ count: Int) -> [String: Int] {
        switch state.index {
        case .hnsw: ["ef": max(state.effort, 2 * count)]
        case .ivf: ["nprobe": state.effort]
        default: [:]
        }
    }

    /// The least effort that finds the wanted share of what the greatest one finds, for probes between two faces each.
    private func effort(_ state: RowState, _ collection: FaceCollection) async throws(DeepFaceError) -> Int {
        let greatest = state.index == .hnsw ? 4096 : state.index == .ivf ? 65536 : 0
        let probes = try await trialProbes(state, collection)
        guard greatest > 0, !probes.isEmpty else { return greatest }
        func found(_ effort: Int) async throws(DeepFaceError) -> [Set<Int64>] {
            var tried = state
            tried.effort = effort
            let (counts, rows) = try await table(state).search(
                probes, column: "vector", count: 10, metric: state.metric.milvus,
                parameters: Self.parameters(tried, 10), condition: nil, ["id"])
            let ids = rows.integers("id")
            var place = 0
            return counts.map { count in
                defer { place += count }
                return Set(ids[place..<place + count])
            }
        }
        return try await self.effort(state, upTo: greatest, truth: try await found(greatest), found: found)
    }

    /// What a server has found near probes, as rows that stand for each probe one after the other.
    ///
    /// - Parameter counts: how many were found for each.
    private func neighbors(
        _ rows: RowColumns, counts: [Int], probes: Int, _ state: RowState, _ collection: FaceCollection
    ) async throws(DeepFaceError) -> [[StoredFace]] {
        let ids = rows.integers("id")
        guard ids.count == counts.reduce(0, +) else {
            throw inconsistent("the server's neighbours are not as many as it says")
        }
        var neighborOf: [Int64: StoredFace] = [:]
        let vectors = try vectors(rows, collection)
        for (sample, vector) in zip(try await samples(rows, state), vectors) {
            if let sample { neighborOf[sample.id] = StoredFace(sample: sample, vector: vector.vector) }
        }
        var found: [[StoredFace]] = []
        var place = 0
        for count in counts {
            found.append(ids[place..<place + count].compactMap { neighborOf[$0] })
            place += count
        }
        return found + Array(repeating: [], count: max(0, probes - found.count))
    }

    private func table(_ state: RowState) -> MilvusTable {
        MilvusTable(client: server.client, name: facesName(state))
    }
}
