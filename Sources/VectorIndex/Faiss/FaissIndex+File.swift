import Foundation

/// A file is what Python's `faiss.write_index` writes, and behind it, where faiss does not look, what tells damage:
///
///     "DFFAISS" and the metric (0 cosine, 1 euclidean), the CRC-32C of all bytes before it (4)
extension FaissIndex {
    private static let mark = Array("DFFAISS".utf8)

    /// Writes a file that Python's `faiss.read_index` reads, too.
    public func save(to url: URL) throws(VectorIndexError) {
        let file = try PartFile(for: url)
        var bytes = try faissBytes()
        bytes += Self.mark + [metric == .cosine ? 0 : 1]
        let checksum = bytes.withUnsafeBytes { CRC32C.of($0) }
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        try bytes.withBytes { (bytes) throws(VectorIndexError) in try file.write(bytes) }
        try file.commit()
    }

    /// Opens what `save` or Python's `faiss.write_index` wrote; of the latter, the metric is cosine when all vectors
    /// are of length 1.
    public init(opening url: URL) throws(VectorIndexError) {
        let file = try MappedFile(url)
        do throws(VectorIndexError) {
            try self.init(reading: file.bytes, metric: nil)
        } catch {
            throw VectorIndexError(error.code, error.message, file: url.path)
        }
    }

    init(reading bytes: UnsafeRawBufferPointer, metric given: VectorMetric?) throws(VectorIndexError) {
        let checked = try FaissBytes(checking: bytes)
        let index = UnsafeRawBufferPointer(rebasing: bytes[..<checked.length])
        let recorded = try Self.recordedMetric(bytes, after: checked.length)
        let (handle, ids) = try FaissHandle.read(index, count: checked.count)
        let (dimensions, count) = (checked.dimensions, checked.count)
        let metric =
            given ?? recorded
            ?? handle.withVectors { vectors in
                count > 0
                    && (0..<count).allSatisfy { row in
                        let vector = UnsafeBufferPointer(start: vectors + row * dimensions, count: dimensions)
                        return abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-3
                    } ? .cosine : .euclidean
            }
        self.init(dimensions: dimensions, metric: metric, handle: handle, ids: ids ?? Array(0..<Int64(count)))
    }

    /// What stands behind the index of a file of ours; `nil` where nothing does, as in Python's.
    private static func recordedMetric(
        _ bytes: UnsafeRawBufferPointer, after length: Int
    ) throws(VectorIndexError) -> VectorMetric? {
        guard bytes.count > length else { return nil }
        guard bytes.count == length + mark.count + 5, bytes[length..<length + mark.count].elementsEqual(mark) else {
            throw VectorIndexError(.damaged, "is damaged: it goes on behind the index")
        }
        let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)])
        let checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: covered.count, as: UInt32.self))
        guard CRC32C.of(covered) == checksum else {
            throw VectorIndexError(.damaged, "is damaged: its checksum differs")
        }
        return covered[covered.count - 1] == 0 ? .cosine : .euclidean
    }
}

extension Data {
    /// `withUnsafeBytes` with the error's type kept.
    func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(VectorIndexError) -> R
    ) throws(VectorIndexError) -> R {
        try withUnsafeBytes { bytes in Result { () throws(VectorIndexError) in try body(bytes) } }.get()
    }
}
