import DeepFace
import VectorIndex

/// The samples that may be among a probe's nearest.
struct Candidates {
    let list: [StoredFace]
    /// A distance, as of the metric that is indexed, which all others have at least; `nil`: there are no others.
    let rest: Float?
}

/// Tells which samples may be among the nearest.
protocol CandidateSource: Sendable {
    /// - Parameter count: so many for each probe, as far as there are.
    func candidates(
        for probes: [[Float]], count: Int
    ) async throws(DeepFaceError) -> (rows: [Candidates], isExact: Bool)
}

/// Candidates by an index of ours.
struct IndexCandidates: CandidateSource {
    let store: any FaceStore
    let collection: FaceCollection
    let index: any VectorIndex
    let filter: IDSet?

    func candidates(
        for probes: [[Float]], count: Int
    ) async throws(DeepFaceError) -> (rows: [Candidates], isExact: Bool) {
        let found = try translated { () throws(VectorIndexError) in
            try index.search(VectorBatch(probes), k: count, filter: filter)
        }
        var rows: [Candidates] = []
        for neighbors in found {
            rows.append(
                Candidates(
                    list: try await store.faces(neighbors.map(\.id), of: collection),
                    rest: neighbors.count == count ? neighbors.last?.distance : nil))
        }
        return (rows, type(of: index).kind == .flat)
    }
}

/// Candidates by a store that finds neighbours itself.
struct StoreCandidates: CandidateSource {
    let store: any NeighborStore
    let collection: FaceCollection
    let metric: DistanceMetric
    let people: [Person]?
    let filter: AttributeFilter?
    let approximate: Bool

    func candidates(
        for probes: [[Float]], count: Int
    ) async throws(DeepFaceError) -> (rows: [Candidates], isExact: Bool) {
        let found = try await store.neighbors(
            of: probes, count: count, metric: metric, people: people, where: filter, approximate: approximate,
            in: collection)
        var rows: [Candidates] = []
        let indexed: DistanceMetric = metric.indexed == .euclidean ? .euclidean : .cosine
        for (probe, neighbors) in zip(probes, found.rows) {
            var rest: Float?
            if neighbors.count == count, let last = neighbors.last {
                rest = Float(try indexed.distance(probe, last.vector))
            }
            rows.append(Candidates(list: neighbors, rest: rest))
        }
        return (rows, found.isExact)
    }
}
