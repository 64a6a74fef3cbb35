import CVectorScan
import Foundation

/// Looks at every vector: the result is exact.
///
/// A search reads codes of four bits a number (an eighth of the vectors), whose bounds prove which vectors can be among
/// the nearest, and then those vectors. What it finds is what comparing every vector would find, equals by id, whatever
/// the data is like; how fast depends on how close the bounds are to each other.
///
/// The bounds need memory of `dimensions` / 2 + 6 bytes a vector. The vectors themselves are read from the index's file
/// where they are needed, or lie in memory when they were added since it was opened.
public struct FlatIndex: VectorIndex {
    public static let kind = IndexKind.flat

    public let dimensions: Int
    public let metric: VectorMetric
    /// How vectors are kept, and compared in the end.
    public let precision: RowPrecision
    /// Threads of a search, and of adding. Default: as many as the machine has cores.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    var rows: RowStore
    var table: IDTable
    /// `nil` while there are few vectors: those are compared themselves.
    var codes: NibbleCodes?
    /// Vectors that were there when the codes' mean was taken.
    var trainedCount = 0

    /// Vectors that there is room for.
    private var capacity = 0

    /// From here on there are codes.
    static let minimumForCodes = 1024
    /// The mean of so many vectors is that of all.
    private static let trainedEnough = 65536

    /// An empty index.
    ///
    /// - Precondition: `dimensions` is above 0.
    public init(dimensions: Int, metric: VectorMetric, precision: RowPrecision = .float32) {
        precondition(dimensions > 0, "a vector has numbers")
        (self.dimensions, self.metric, self.precision) = (dimensions, metric, precision)
        rows = RowStore(dimensions: dimensions, precision: precision)
        table = IDTable()
    }

    public var count: Int { table.count }

    public mutating func add(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError) {
        guard vectors.count == ids.count else {
            throw VectorIndexError(.wrongShape, "\(vectors.count) vectors came with \(ids.count) ids")
        }
        guard !ids.isEmpty else { return }
        let values = try vectors.comparable(metric, dimensions: dimensions)
        if precision == .float16, let place = RowStore.halves(values).firstIndex(where: { $0 & 0x7C00 == 0x7C00 }) {
            throw VectorIndexError(.invalidVector, "vector \(place / dimensions) is too long for f16")
        }
        guard table.rowCount + ids.count <= UInt32.max else {
            throw VectorIndexError(.invalidSetting, "a flat index holds 4 billion vectors at most")
        }
        try table.append(ids)
        rows.append(values)
        updateCodes()
    }

    /// Makes room for so many vectors in all. Adding is quicker then, for what is there need not be moved again and again.
    public mutating func reserveCapacity(_ count: Int) {
        capacity = count
        rows.reserveCapacity(count)
        table.reserveCapacity(count)
        codes?.reserveCapacity(count)
    }

    @discardableResult
    public mutating func delete(_ ids: IDSet) throws(VectorIndexError) -> Int {
        table.delete(ids)
    }

    mutating func updateCodes() {
        guard dimensions <= NibbleCodes.maximumDimensions, rows.count >= Self.minimumForCodes else { return }
        if codes == nil || trainedCount < Self.trainedEnough && rows.count >= 2 * trainedCount {
            codes = NibbleCodes(mean: NibbleCodes.mean(of: rows, threads: threads))
            codes?.reserveCapacity(capacity)
            trainedCount = rows.count
        }
        codes!.append(from: rows, threads: threads)
    }
}
