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
    ///   - filter: only faces whose attributes meet it; `nil`: all. What was registered without attributes meets none.
    ///   - approximate: whether the collection's approximate index may answer, where it has one.
    /// - Throws: `invalidOption` when neither `limit` nor `distance` is given; `storeUnavailable`,
    ///   `storeInconsistent`, `invalidEmbedding`.
    public func search(
        _ embeddings: [[Float]], in collection: FaceCollection, metric: DistanceMetric, limit: Int?,
        within distance: Double?, people: [Person]? = nil, where filter: AttributeFilter? = nil,
        approximate: Bool = false
    ) async throws(DeepFaceError) -> [[FaceMatch]] {
        guard limit != nil || distance != nil else {
            throw DeepFaceError(.invalidOption, "a search needs a number of matches or a distance")
        }
        for embedding in embeddings where embedding.count != collection.dimensions {
            throw DeepFaceError(
                .invalidEmbedding, "an embedding has \(embedding.count) numbers, not \(collection.dimensions)")
        }
        guard !embeddings.isEmpty else { return [] }
        let probes = Probes(embeddings: embeddings, metric: metric, limit: limit, distance: distance)
        if let own = store as? any NeighborStore {
            return try await nearest(
                to: probes,
                of: StoreCandidates(
                    store: own, collection: collection, metric: metric, people: people, filter: filter,
                    approximate: approximate))
        }
        let counting = try await store.samplesThatCount(people, where: filter, in: collection)
        var source = index(of: collection, metric.indexed, .exact)
        if approximate {
            let other = index(of: collection, metric.indexed, .approximate)
            if await other.exists { source = other }
        }
        return try await nearest(
            to: probes,
            of: IndexCandidates(
                store: store, collection: collection, index: try await source.current(), filter: counting))
    }

    /// Makes the index anew from the store. A faiss index is also put where another program that uses the store looks
    /// for it.
    ///
    /// - Parameter progress: called from several threads with the part that is done, 0 to 1.
    public func build(
        _ choice: IndexChoice, of collection: FaceCollection, metric: DistanceMetric,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(DeepFaceError) {
        if let own = store as? any NeighborStore {
            try choice.check()
            return try await own.buildIndex(choice, metric: metric.indexed, of: collection, progress: progress)
        }
        var choice = choice
        let count = try await store.sampleCount(of: collection)
        let shared = store as? any SharedIndexStore
        let kind = choice.kind ?? (shared == nil ? .fitting(count) : .fittingShared(count))
        choice.kind = kind
        let role: IndexRole = kind == .flat ? .exact : .approximate
        try await index(of: collection, metric.indexed, role).build(choice, progress: progress)
        if kind == .faiss, let shared { try await shared.shareIndex(of: collection) }
    }

    /// Leaves no deleted vector in the files of the collection's indexes. Call it after a deletion.
    public func purge(_ collection: FaceCollection) async throws(DeepFaceError) {
        if store is any NeighborStore, store.indexFolder == nil { return }
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
    }

    /// The registered faces that are nearest in double precision, of those that can be among them. What was deleted
    /// meanwhile is left out.
    private nonisolated func nearest(
        to probes: Probes, of source: some CandidateSource
    ) async throws(DeepFaceError) -> [[FaceMatch]] {
        var results: [[FaceMatch]] = probes.embeddings.map { _ in [] }
        var open = Array(probes.embeddings.indices)
        // Most faces have few matches; a few more than asked for, since candidates are ranked in single precision.
        var k = (probes.limit ?? 16) + 16
        while !open.isEmpty {
            let (rows, isExact) = try await source.candidates(for: open.map { probes.embeddings[$0] }, count: k)
            var wider: [Int] = []
            for (probe, candidates) in zip(open, rows) {
                let embedding = probes.embeddings[probe]
                var found: [FaceMatch] = []
                for candidate in candidates.list {
                    let distance = try probes.metric.roundedDistance(embedding, candidate.vector)
                    guard distance <= probes.distance ?? .infinity else { continue }
                    found.append(FaceMatch(sample: candidate.sample, distance: distance, isExact: isExact))
                }
                found.sort { ($0.distance, $0.sample.id) < ($1.distance, $1.sample.id) }
                if let limit = probes.limit { found = Array(found.prefix(limit)) }
                let farthest = found.count == probes.limit ? found.last?.distance : nil
                // Whatever was not given is at least as far away as the last that was.
                if let last = candidates.rest,
                    probes.metric.least(last, embedding) <= min(probes.distance ?? .infinity, farthest ?? .infinity)
                {
                    wider.append(probe)
                } else {
                    results[probe] = found
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
