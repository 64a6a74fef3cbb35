import DeepFace
import Foundation
import VectorIndex

/// Searches the collections of a store, by indexes that follow it. May be used from any number of tasks at once.
public actor FaceSearcher {
    public nonisolated let store: any FaceStore
    private var indexes: [Key: CollectionIndex] = [:]

    private struct Key: Hashable {
        let collection: UUID
        let metric: VectorMetric
        let role: IndexRole
    }

    public init(_ store: any FaceStore) { self.store = store }

    /// The registered faces near each embedding, nearest first.
    ///
    /// - Parameters:
    ///   - limit: at most so many for each; `nil`: all within `distance`.
    ///   - distance: none farther; `nil`: no matter how far.
    ///   - people: only theirs; `nil`: everybody's.
    ///   - approximate: whether the collection's approximate index may answer, where it has one.
    /// - Throws: `invalidOption` when neither `limit` nor `distance` is given; `storeUnavailable`,
    ///   `storeInconsistent`, `invalidEmbedding`.
    public func search(
        _ embeddings: [[Float]], in collection: FaceCollection, metric: DistanceMetric, limit: Int?,
        within distance: Double?, people: [Person]? = nil, approximate: Bool = false
    ) async throws(DeepFaceError) -> [[FaceMatch]] {
        guard limit != nil || distance != nil else {
            throw DeepFaceError(.invalidOption, "a search needs a number of matches or a distance")
        }
        for embedding in embeddings where embedding.count != collection.dimensions {
            throw DeepFaceError(
                .invalidEmbedding, "an embedding has \(embedding.count) numbers, not \(collection.dimensions)")
        }
        guard !embeddings.isEmpty else { return [] }
        var filter: IDSet?
        if let people {
            var ids = IDSet()
            for person in people {
                for sample in try await store.samples(of: person, in: collection) { ids.insert(sample.id) }
            }
            filter = ids
        }
        var source = index(of: collection, metric.indexed, .exact)
        if approximate {
            let other = index(of: collection, metric.indexed, .approximate)
            if await other.exists { source = other }
        }
        let probes = Probes(embeddings: embeddings, metric: metric, limit: limit, distance: distance, filter: filter)
        return try await nearest(to: probes, in: collection, by: try await source.current())
    }

    /// Makes the index anew from the store.
    ///
    /// - Parameter progress: called from several threads with the part that is done, 0 to 1.
    public func build(
        _ choice: IndexChoice, of collection: FaceCollection, metric: DistanceMetric,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(DeepFaceError) {
        var choice = choice
        let count = try await store.sampleCount(of: collection)
        let kind = choice.kind ?? IndexKind.fitting(count)
        choice.kind = kind
        let role: IndexRole = kind == .flat ? .exact : .approximate
        try await index(of: collection, metric.indexed, role).build(choice, progress: progress)
    }

    /// Leaves no deleted vector in the files of the collection's indexes. Call it after a deletion.
    public func purge(_ collection: FaceCollection) async throws(DeepFaceError) {
        for metric in VectorMetric.allCases {
            for role in IndexRole.allCases { try await index(of: collection, metric, role).purge() }
        }
    }

    /// Takes a collection away, and the files of its indexes.
    public func delete(_ collection: FaceCollection) async throws(DeepFaceError) {
        try await store.delete(collection)
        indexes = indexes.filter { $0.key.collection != collection.identifier }
        if let folder = store.indexFolder { IndexFiles.remove(folder, collection) }
    }

    func index(of collection: FaceCollection, _ metric: VectorMetric, _ role: IndexRole) -> CollectionIndex {
        let key = Key(collection: collection.identifier, metric: metric, role: role)
        if let known = indexes[key] { return known }
        let index = CollectionIndex(store, collection, metric, role)
        indexes[key] = index
        return index
    }

    /// What is searched for.
    private struct Probes {
        let embeddings: [[Float]]
        let metric: DistanceMetric
        let limit: Int?
        let distance: Double?
        let filter: IDSet?
    }

    /// The registered faces that are nearest in double precision, of those that the index says can be among them. What
    /// was deleted meanwhile is left out.
    private func nearest(
        to probes: Probes, in collection: FaceCollection, by index: any VectorIndex
    ) async throws(DeepFaceError) -> [[FaceMatch]] {
        let isExact = type(of: index).kind == .flat
        var results: [[FaceMatch]] = probes.embeddings.map { _ in [] }
        var open = Array(probes.embeddings.indices)
        // Most faces have few matches; a few more than asked for, since the index rounds.
        var k = (probes.limit ?? 16) + 16
        while !open.isEmpty {
            let batch = VectorBatch(open.map { probes.embeddings[$0] })
            let rows = try translated { () throws(VectorIndexError) in
                try index.search(batch, k: k, filter: probes.filter)
            }
            var wider: [Int] = []
            for (probe, neighbors) in zip(open, rows) {
                let embedding = probes.embeddings[probe]
                var found: [(id: Int64, distance: Double)] = []
                for stored in try await store.vectors(neighbors.map(\.id), of: collection) {
                    let distance = try probes.metric.roundedDistance(embedding, stored.vector)
                    if distance <= probes.distance ?? .infinity { found.append((stored.id, distance)) }
                }
                found.sort { ($0.distance, $0.id) < ($1.distance, $1.id) }
                if let limit = probes.limit { found = Array(found.prefix(limit)) }
                let farthest = found.count == probes.limit ? found.last?.distance : nil
                // Whatever the index did not give is at least as far away as the last that it gave.
                if neighbors.count == k, let last = neighbors.last,
                    probes.metric.least(last.distance, embedding)
                        <= min(probes.distance ?? .infinity, farthest ?? .infinity)
                {
                    wider.append(probe)
                } else {
                    let samples = try await store.samples(found.map(\.id), of: collection)
                    let distances = Dictionary(uniqueKeysWithValues: found)
                    results[probe] = samples.map { sample in
                        FaceMatch(sample: sample, distance: distances[sample.id] ?? 0, isExact: isExact)
                    }
                }
            }
            open = wider
            k *= 4
        }
        return results
    }
}

/// A registered face near one that was searched for.
public struct FaceMatch: Sendable, Equatable {
    public let sample: Sample
    /// Six decimals.
    public let distance: Double
    /// Whether surely no nearer one was passed over.
    public let isExact: Bool

    public init(sample: Sample, distance: Double, isExact: Bool) {
        (self.sample, self.distance, self.isExact) = (sample, distance, isExact)
    }
}
