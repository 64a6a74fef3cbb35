import DeepFace
import Foundation
import VectorIndex

extension ChromaStore {
    /// The server's index is never sure to have passed nothing over, so it answers only who allows that, and once
    /// `buildIndex` has tried how far it must look. It looks farther when it is asked for more.
    public func neighbors(
        of probes: [[Float]], count: Int, metric: DistanceMetric, people: [Person]?, where filter: AttributeFilter?,
        approximate: Bool, in collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors {
        let state = try await state(collection)
        guard approximate, state.index == .hnsw, state.metric == metric.indexed,
            people.map({ $0.count <= 5000 }) ?? true
        else {
            return try await ownNeighbors(
                of: probes, count: count, metric: metric, people: people, where: filter, in: collection)
        }
        if people?.isEmpty == true { return StoredNeighbors(rows: probes.map { _ in [] }, isExact: true) }
        // Most often there is nothing that does not count, and no condition is faster than one.
        var conditions = [
            people.map { ChromaWhere(.among("person", $0.map(\.id))) }, filter.map { ChromaWhere($0) },
        ].compactMap(\.self)
        var rows: [[StoredFace]] = []
        for attempt in 0..<2 {
            let found = try await table(state).nearest(
                to: probes, count: max(count, state.effort), where: conditions.isEmpty ? nil : .both(conditions)
            ).map { $0.prefix(count) }
            var neighborOf: [Int64: StoredFace] = [:]
            for face in try await faces(Array(Set(found.joined())), of: collection) {
                neighborOf[face.sample.id] = face
            }
            rows = found.map { $0.compactMap { neighborOf[$0] } }
            if attempt == 1 || rows.joined().count == found.joined().count { break }
            conditions.append(ChromaWhere(state.facesThatCount))
        }
        return StoredNeighbors(rows: rows, isExact: false)
    }

    public func buildIndex(
        _ choice: IndexChoice, metric: VectorMetric, of collection: FaceCollection,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError) {
        let kind = choice.kind ?? .hnsw
        guard kind == .hnsw || kind == .flat else {
            throw DeepFaceError(
                .invalidOption, "Chroma has no index of the kind \(kind.rawValue)", advice: "choose hnsw or flat")
        }
        try checkIndexable(collection)
        try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let old = self.facesName(state)
            if kind == .hnsw {
                if state.metric != metric { try await self.copyFaces(of: &state, metric: metric, progress: progress) }
                state.recall = choice.recall
                state.effort = try await self.effort(state, collection)
            }
            state.index = kind
            state.revision += 1
            try await self.save(state, collection.id)
            if self.facesName(state) != old { try await self.server.drop(old) }
        }
        progress(1)
    }

    public func indexes(of collection: FaceCollection) async throws(DeepFaceError) -> [CollectionStats.Index] {
        let state = try await state(collection)
        guard state.index == .hnsw else { return [] }
        return [
            CollectionStats.Index(
                kind: state.index, metric: state.metric, vectors: state.faces, bytes: 0, recall: state.recall)
        ]
    }

    /// Copies the faces into a new table, for Chroma's index has one metric as long as it lives. The state tells of the
    /// new table then, and counts when it is saved.
    private func copyFaces(
        of state: inout RowState, metric: VectorMetric, progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError) {
        var copied = state
        copied.metric = metric
        copied.edition = (state.edition ?? 0) + 1
        // What somebody has left who was stopped.
        try await server.drop(facesName(copied))
        try await server.makeTables(of: copied, faces: facesName(copied), records: recordsName(copied))
        let (from, to) = (faces(state), faces(copied))
        var count = 0
        try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
            var rows = try await from.query(window, ["id", "person", "photo", "details", "vector"])
            var attributes: [FaceAttributes?] = []
            for (id, details) in zip(rows.integers("id"), rows.texts("details")) {
                attributes.append(try self.face(details, id).attributes)
            }
            rows.add(attributes)
            try await to.insert(rows)
            count += attributes.count
            progress(0.9 * Double(count) / Double(max(1, state.faces)))
            return true
        }
        state = copied
    }

    /// So many neighbours must be asked for that the wanted share of the nearest ten is among them.
    private func effort(_ state: RowState, _ collection: FaceCollection) async throws(DeepFaceError) -> Int {
        let probes = try await trialProbes(state, collection)
        if probes.isEmpty { return 0 }
        let metric: DistanceMetric = state.metric == .euclidean ? .euclidean : .cosine
        let truth = try await ownNeighbors(
            of: probes, count: 10, metric: metric, people: nil, where: nil, in: collection
        ).rows.map { Set($0.map(\.sample.id)) }
        let table = table(state)
        return try await effort(state, upTo: 4096, truth: truth) { (effort) throws(DeepFaceError) in
            try await table.nearest(to: probes, count: max(10, effort), where: nil).map { Set($0.prefix(10)) }
        }
    }

    private func table(_ state: RowState) -> ChromaTable { ChromaTable(server: server, name: facesName(state)) }
}
