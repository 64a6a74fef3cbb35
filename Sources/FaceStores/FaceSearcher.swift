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
        let index = try await source.current()
        let isExact = type(of: index).kind == .flat
        let neighbors = try index.neighbors(
            of: embeddings, limit: limit, within: distance.map(metric.indexedDistance), filter: filter)
        var matches: [[FaceMatch]] = []
        for (embedding, neighbors) in zip(embeddings, neighbors) {
            matches.append(
                try await self.matches(
                    neighbors.map(\.id), for: embedding, collection, metric, within: distance, isExact: isExact))
        }
        return matches
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

    /// What the samples are, with distances in double precision; those deleted meanwhile are left out.
    private func matches(
        _ ids: [Int64], for embedding: [Float], _ collection: FaceCollection, _ metric: DistanceMetric,
        within limit: Double?, isExact: Bool
    ) async throws(DeepFaceError) -> [FaceMatch] {
        let vectors = try await store.vectors(ids, of: collection)
        var distances: [Int64: Double] = [:]
        for vector in vectors {
            let distance = try metric.distance(embedding, vector.vector)
            // As numpy rounds.
            distances[vector.id] = (distance * 1e6).rounded(.toNearestOrEven) / 1e6
        }
        let samples = try await store.samples(ids, of: collection)
        var matches: [FaceMatch] = []
        for sample in samples {
            guard let distance = distances[sample.id], limit.map({ distance <= $0 }) ?? true else { continue }
            matches.append(FaceMatch(sample: sample, distance: distance, isExact: isExact))
        }
        return matches.sorted { ($0.distance, $0.sample.id) < ($1.distance, $1.sample.id) }
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

extension VectorIndex {
    /// The nearest to each embedding: `limit` of them, or all within `distance`, or those that are both.
    fileprivate func neighbors(
        of embeddings: [[Float]], limit: Int?, within distance: Double?, filter: IDSet?
    ) throws(DeepFaceError) -> [[Neighbor]] {
        // How many lie within a distance is not known before: ask for more until one is farther.
        var asked = limit ?? 100
        while true {
            let found = try translated { () throws(VectorIndexError) in
                try search(VectorBatch(embeddings), k: asked, filter: filter)
            }
            guard limit == nil, let distance, asked < count,
                found.contains(where: { $0.count == asked && Double($0[asked - 1].distance) <= distance })
            else { return found }
            asked *= 4
        }
    }
}
