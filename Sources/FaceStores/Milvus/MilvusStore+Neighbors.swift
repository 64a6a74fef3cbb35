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
        else { return try await ownNeighbors(of: probes, count, metric, people, where: filter, collection) }
        let allowed = try await passing(filter, state)
        guard allowed.map({ $0.count <= 5000 }) ?? true else {
            return try await ownNeighbors(of: probes, count, metric, people, where: filter, collection)
        }
        if people?.isEmpty == true || allowed?.isEmpty == true {
            return StoredNeighbors(rows: probes.map { _ in [] }, isExact: true)
        }
        // Most often there is nothing that does not count, and no condition is faster than one.
        let conditions = [
            people.map { MilvusTable.isAmong("person", $0.map(\.id)) }, allowed.map { MilvusTable.isAmong("id", $0) },
        ]
        var condition = conditions.compactMap(\.self).joined(separator: " and ")
        var rows: [[StoredFace]] = []
        for attempt in 0..<2 {
            let found = try await faces(state.identifier).search(
                probes, column: "vector", count: count, metric: state.metric.milvus,
                parameters: Self.parameters(state, count), condition: condition,
                ["id", "person", "details", "vector"])
            rows = try await neighbors(found, probes.count, state, collection)
            if attempt == 1 || rows.reduce(0, { $0 + $1.count }) == found.ids.count { break }
            condition = (condition.isEmpty ? "" : "\(condition) and ") + state.facesThatCount
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
        if collection.isEncrypted {
            throw DeepFaceError(
                .invalidOption, "has no index on the server: it is encrypted", input: collection.name,
                advice: "search it without one")
        }
        try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let table = self.faces(state.identifier)
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
                try await self.client.load(table.name)
                (state.index, state.metric, state.recall) = (kind, metric, choice.recall)
                state.effort = try await self.effort(state)
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
    private static func parameters(_ state: MilvusState, _ count: Int) -> [String: Int] {
        switch state.index {
        case .hnsw: ["ef": max(state.effort, 2 * count)]
        case .ivf: ["nprobe": state.effort]
        default: [:]
        }
    }

    /// The least effort that finds the wanted share of what the greatest one finds, for probes between two faces each.
    private func effort(_ state: MilvusState) async throws(DeepFaceError) -> Int {
        let greatest = state.index == .hnsw ? 4096 : state.index == .ivf ? 65536 : 0
        let step = max(1, state.face / 64)
        let ids = Array(stride(from: Int64(1), through: state.face, by: Int(step)))
        let vectors = try await self.vectors(ids, of: state.collection(0), state)
        guard greatest > 0, vectors.count > 1 else { return greatest }
        let probes = zip(vectors, vectors.dropFirst()).map { one, other in
            zip(one.vector, other.vector).map { $0 + $1 }
        }
        func found(_ effort: Int) async throws(DeepFaceError) -> [Set<Int64>] {
            var tried = state
            tried.effort = effort
            let (counts, ids, _) = try await faces(state.identifier).search(
                probes, column: "vector", count: 10, metric: state.metric.milvus,
                parameters: Self.parameters(tried, 10), condition: "", ["id"])
            var place = 0
            return counts.map { count in
                defer { place += count }
                return Set(ids[place..<place + count])
            }
        }
        let truth = try await found(greatest)
        let all = truth.reduce(0) { $0 + $1.count }
        // Halfway to all, for other probes may be harder than these.
        let wanted = (1 + state.recall) / 2 * Double(all)
        var effort = 8
        while effort < greatest {
            let hits = zip(try await found(effort), truth).reduce(0) { $0 + $1.0.intersection($1.1).count }
            if Double(hits) >= wanted { return effort }
            effort *= 2
        }
        return greatest
    }

    private func neighbors(
        _ found: (counts: [Int], ids: [Int64], rows: MilvusTable.Found), _ probes: Int, _ state: MilvusState,
        _ collection: FaceCollection
    ) async throws(DeepFaceError) -> [[StoredFace]] {
        guard found.ids.count == found.counts.reduce(0, +) else {
            throw inconsistent("the server's neighbours are not as many as it says")
        }
        var neighborOf: [Int64: StoredFace] = [:]
        let vectors = try vectors(found.rows, ids: found.ids, collection)
        let samples = try await samples(found.rows, ids: found.ids, state)
        for (sample, vector) in zip(samples, vectors) {
            if let sample { neighborOf[sample.id] = StoredFace(sample: sample, vector: vector.vector) }
        }
        var rows: [[StoredFace]] = []
        var place = 0
        for count in found.counts {
            rows.append(found.ids[place..<place + count].compactMap { neighborOf[$0] })
            place += count
        }
        return rows + Array(repeating: [], count: max(0, probes - rows.count))
    }

    private func ownNeighbors(
        of probes: [[Float]], _ count: Int, _ metric: DistanceMetric, _ people: [Person]?,
        where filter: AttributeFilter?,
        _ collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors {
        let key = IndexKey(collection: collection.identifier, metric: metric.indexed)
        let known = indexes.withLock { $0[key] }
        let index = known ?? CollectionIndex(twin, collection, metric.indexed, .exact)
        indexes.withLock { $0[key] = index }
        let counting = try await samplesThatCount(people, where: filter, in: collection)
        let source = IndexCandidates(
            store: self, collection: collection, index: try await index.current(), filter: counting)
        let (found, isExact) = try await source.candidates(for: probes, count: count)
        return StoredNeighbors(rows: found.map(\.list), isExact: isExact)
    }
}
