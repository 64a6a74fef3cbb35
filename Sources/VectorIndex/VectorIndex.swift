import Foundation

/// Vectors with ids, and the nearest of them to a probe. Knows nothing of faces.
///
/// An index is a value: searching never changes it, so that any number of tasks may search one at once, and whoever
/// owns it hands out copies of it and swaps in the changed one. Copies share their memory until one of them changes.
///
/// The vectors' home is elsewhere (a store, a gallery): an index can always be built anew, so damage is an error and
/// never a repair.
public protocol VectorIndex: Sendable {
    /// What it is called on the command line and in files.
    static var kind: IndexKind { get }

    /// Numbers in each vector.
    var dimensions: Int { get }
    /// How vectors are compared.
    var metric: VectorMetric { get }
    /// Vectors that can be found: those added less those deleted.
    var count: Int { get }

    /// Adds vectors; `ids[n]` is the id of row `n`.
    ///
    /// - Throws: `wrongShape`, `duplicateID`, `invalidVector` (a value that is not finite, or a vector of zeros
    ///   where the metric needs a direction). Nothing is added then.
    mutating func add(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError)

    /// Takes vectors away; ids that are not there are passed over.
    ///
    /// - Returns: how many were there.
    @discardableResult
    mutating func delete(_ ids: IDSet) throws(VectorIndexError) -> Int

    /// The vectors nearest to each probe, nearest first and equals by id.
    ///
    /// - Parameters:
    ///   - k: as many at most; fewer when the index, or the filter, has fewer.
    ///   - filter: only these ids count; `nil`: all.
    /// - Throws: `wrongShape`, `invalidVector`.
    func search(_ probes: VectorBatch, k: Int, filter: IDSet?) throws(VectorIndexError) -> [[Neighbor]]

    /// Writes the index to a file (a folder, for those of several files), whole or not at all.
    ///
    /// - Throws: `unwritable`, for instance when the disk is full.
    func save(to url: URL) throws(VectorIndexError)

    /// Opens what `save` wrote, and reads no more of it than it needs.
    ///
    /// - Throws: `unreadable`, `damaged`.
    init(opening url: URL) throws(VectorIndexError)
}

extension VectorIndex {
    /// The vectors nearest to one probe.
    public func search(_ probe: [Float], k: Int, filter: IDSet? = nil) throws(VectorIndexError) -> [Neighbor] {
        try search(VectorBatch(dimensions: probe.count, values: probe), k: k, filter: filter)[0]
    }
}

/// A vector that was found.
public struct Neighbor: Sendable, Hashable {
    public var id: Int64
    /// Of the index's metric: from 0, and smaller is nearer.
    public var distance: Float

    public init(id: Int64, distance: Float) {
        (self.id, self.distance) = (id, distance)
    }
}

extension Neighbor: Comparable {
    /// Nearer first, and equals by id.
    public static func < (one: Neighbor, other: Neighbor) -> Bool {
        one.distance != other.distance ? one.distance < other.distance : one.id < other.id
    }
}
