import DeepFace
import VectorIndex

/// A store that finds neighbours itself: `FaceSearcher` asks it instead of keeping indexes of its own.
public protocol NeighborStore: FaceStore {
    /// The samples nearest to each probe, nearest first in the metric's order, which may be computed in single
    /// precision: who asks computes the distances anew.
    ///
    /// - Parameters:
    ///   - count: at most so many for each probe. Fewer mean that there are no more, or that an index found no more.
    ///   - people: only theirs; `nil`: everybody's.
    ///   - filter: only samples whose attributes meet it; `nil`: all.
    ///   - approximate: whether the store's index may answer, where it has one for the metric; otherwise no nearer
    ///     sample is passed over.
    func neighbors(
        of probes: [[Float]], count: Int, metric: DistanceMetric, people: [Person]?, where filter: AttributeFilter?,
        approximate: Bool, in collection: FaceCollection
    ) async throws(DeepFaceError) -> StoredNeighbors

    /// Makes the store's index for approximate searches, or makes it anew.
    ///
    /// - Parameter progress: called with the part that is done, 0 to 1, where the store tells.
    /// - Throws: `invalidOption` when the store has no index of that kind, or none for so many dimensions.
    func buildIndex(
        _ choice: IndexChoice, metric: VectorMetric, of collection: FaceCollection,
        progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError)

    /// The indexes the store has for a collection.
    func indexes(of collection: FaceCollection) async throws(DeepFaceError) -> [CollectionStats.Index]
}

/// What a store found near some probes.
public struct StoredNeighbors: Sendable {
    /// For each probe, nearest first.
    public let rows: [[StoredFace]]
    /// Whether surely no nearer sample was passed over.
    public let isExact: Bool

    public init(rows: [[StoredFace]], isExact: Bool) { (self.rows, self.isExact) = (rows, isExact) }
}
