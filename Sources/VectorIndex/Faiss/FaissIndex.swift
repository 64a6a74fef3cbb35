import Foundation

/// A graph of neighbours (HNSW) made, searched, read and written by faiss, so that Python reads what it writes and the
/// other way round.
///
/// Python DeepFace keeps such indexes in its databases: `IndexIDMap(IndexHNSWFlat(dimensions, 32))`. Plain vectors
/// (`IndexFlatL2`) can be read too, and are searched exactly. For cosine the vectors are of length 1, and the distance
/// is half of faiss' squared euclidean distance.
///
/// faiss cannot delete from a graph: deleted vectors are passed over until the index is saved, when the graph is built
/// anew without them.
public struct FaissIndex: VectorIndex {
    public static let kind = IndexKind.faiss

    public let dimensions: Int
    public let metric: VectorMetric
    public var count: Int { ids.count - deleted.count }

    /// How many vectors a search looks at before it is content: more find better and take longer. In faiss: efSearch.
    /// 64 for new indexes, and what it was for those that were read.
    public var effort: Int

    /// Neighbours of each vector, as Python DeepFace has it.
    private static let links = 32

    var handle: FaissHandle
    /// Of the vectors in the order of adding; where there are deleted ones, an id may come again.
    var ids: [Int64]
    var living: Set<Int64>
    /// Places of deleted vectors.
    var deleted = Set<Int>()

    /// An empty index.
    ///
    /// - Throws: `wrongShape` when there are no dimensions, or more than 65,536.
    public init(dimensions: Int, metric: VectorMetric) throws(VectorIndexError) {
        guard (1...65536).contains(dimensions) else {
            throw VectorIndexError(.wrongShape, "an index has 1 to 65536 dimensions, not \(dimensions)")
        }
        (self.dimensions, self.metric, effort) = (dimensions, metric, 64)
        handle = try FaissHandle.make(dimensions: dimensions, links: Self.links)
        (ids, living) = ([], [])
    }

    init(dimensions: Int, metric: VectorMetric, handle: FaissHandle, ids: [Int64]) {
        (self.dimensions, self.metric, self.handle, self.ids) = (dimensions, metric, handle, ids)
        effort = max(handle.effort, 1)
        living = Set(ids)
    }

    /// Reads what Python's `faiss.write_index` or `faiss.serialize_index` wrote.
    ///
    /// - Parameters:
    ///   - faissBytes: untrusted: their structure is checked before faiss sees them.
    ///   - metric: faiss does not know cosine from euclidean on vectors of length 1. `nil`: cosine when all vectors are
    ///     of length 1.
    /// - Throws: `damaged`, also for kinds of faiss index other than `IndexHNSWFlat` and `IndexFlatL2`, with ids or
    ///   without.
    public init(faissBytes: Data, metric: VectorMetric? = nil) throws(VectorIndexError) {
        self = try faissBytes.withBytes { (bytes) throws(VectorIndexError) in
            try FaissIndex(reading: bytes, metric: metric)
        }
    }

    /// As Python's `faiss.serialize_index` writes it, without deleted vectors.
    public func faissBytes() throws(VectorIndexError) -> Data {
        let whole = deleted.isEmpty ? self : try rebuilt()
        return try whole.handle.write(ids: whole.ids, effort: min(max(effort, 1), 1 << 16))
    }

    public mutating func add(_ vectors: VectorBatch, ids new: [Int64]) throws(VectorIndexError) {
        let prepared = try vectors.comparable(metric, dimensions: dimensions)
        let added = try vectors.newIDs(new, besides: living)
        guard !new.isEmpty else { return }
        if !isKnownUniquelyReferenced(&handle) { handle = try handle.copy() }
        // Few are faster added than divided up.
        let threads = new.count < 256 ? 1 : ProcessInfo.processInfo.activeProcessorCount
        try handle.add(prepared, count: new.count, threads: threads)
        ids += new
        living.formUnion(added)
    }

    @discardableResult
    public mutating func delete(_ gone: IDSet) throws(VectorIndexError) -> Int {
        let before = deleted.count
        for (place, id) in ids.enumerated() where gone.contains(id) {
            deleted.insert(place)
            living.remove(id)
        }
        return deleted.count - before
    }

    /// The same without deleted vectors.
    private func rebuilt() throws(VectorIndexError) -> FaissIndex {
        var new = try FaissIndex(dimensions: dimensions, metric: metric)
        let places = ids.indices.filter { !deleted.contains($0) }
        let values = handle.withVectors { vectors in
            places.flatMap { UnsafeBufferPointer(start: vectors + $0 * dimensions, count: dimensions) }
        }
        guard !places.isEmpty else { return new }
        try new.handle.add(values, count: places.count, threads: ProcessInfo.processInfo.activeProcessorCount)
        new.ids = places.map { ids[$0] }
        new.living = living
        return new
    }
}
