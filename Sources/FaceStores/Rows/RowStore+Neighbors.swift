import DeepFace
import VectorIndex

extension RowStore {
    /// By an index on this machine that follows the store: exact.
    func ownNeighbors(
        of probes: [[Float]], count: Int, metric: DistanceMetric, people: [Person]?, where filter: AttributeFilter?,
        in collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors {
        let key = RowStoreContent.IndexKey(collection: collection.identifier, metric: metric.indexed)
        let known = content.indexes.withLock { $0[key] }
        let index = known ?? CollectionIndex(Self(self), collection, metric.indexed, .exact)
        content.indexes.withLock { $0[key] = index }
        let counting = try await samplesThatCount(people, where: filter, in: collection)
        let source = IndexCandidates(
            store: self, collection: collection, index: try await index.current(), filter: counting)
        let (found, isExact) = try await source.candidates(for: probes, count: count)
        return StoredNeighbors(rows: found.map(\.list), isExact: isExact)
    }

    /// Vectors between two faces each, to try an index with; the faces are spread over the collection.
    func trialProbes(_ state: RowState, _ collection: FaceCollection) async throws(DeepFaceError) -> [[Float]] {
        let step = max(1, state.face / 64)
        let ids = Array(stride(from: Int64(1), through: state.face, by: Int(step)))
        let vectors = try await vectors(ids, of: collection, state)
        return zip(vectors, vectors.dropFirst()).map { one, other in zip(one.vector, other.vector).map { $0 + $1 } }
    }

    /// The least effort, of doublings of 8, with which a search finds the share of the truth that a state asks for.
    ///
    /// - Parameters:
    ///   - truth: for each probe, the nearest.
    ///   - found: the same as the server finds them with an effort.
    /// - Returns: `greatest` when no less will do.
    func effort(
        _ state: RowState, upTo greatest: Int, truth: [Set<Int64>],
        found: (_ effort: Int) async throws(DeepFaceError) -> [Set<Int64>]
    ) async throws(DeepFaceError) -> Int {
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

    /// Refuses to build an index that a server cannot have for the collection.
    func checkIndexable(_ collection: FaceCollection) throws(DeepFaceError) {
        if collection.isEncrypted {
            throw DeepFaceError(
                .invalidOption, "has no index on the server: it is encrypted", input: collection.name,
                advice: "search it without one")
        }
    }
}
