/// Vectors to build an index of, which need not fit in memory.
public protocol VectorSource: Sendable {
    /// Numbers in each vector.
    var dimensions: Int { get }
    /// Vectors in all.
    var count: Int { get }
    /// No id is as large as this.
    var idBound: Int64 { get }

    /// Some of the vectors and their ids. Called by several threads at once, with any rows, and twice for some.
    ///
    /// - Throws: what goes wrong; the build ends with it.
    func read(rows: Range<Int>) throws(VectorIndexError) -> (vectors: VectorBatch, ids: [Int64])
}

/// Vectors in memory.
public struct MemorySource: VectorSource {
    private let vectors: VectorBatch
    private let ids: [Int64]
    public let idBound: Int64

    /// - Throws: `wrongShape` when there are not as many ids as vectors.
    public init(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError) {
        guard vectors.count == ids.count else {
            throw VectorIndexError(.wrongShape, "\(vectors.count) vectors and \(ids.count) ids")
        }
        (self.vectors, self.ids, idBound) = (vectors, ids, (ids.max() ?? -1) + 1)
    }

    public var dimensions: Int { vectors.dimensions }
    public var count: Int { vectors.count }

    public func read(rows: Range<Int>) -> (vectors: VectorBatch, ids: [Int64]) {
        let numbers = rows.lowerBound * dimensions..<rows.upperBound * dimensions
        return (VectorBatch(dimensions: dimensions, values: Array(vectors.values[numbers])), Array(ids[rows]))
    }
}
