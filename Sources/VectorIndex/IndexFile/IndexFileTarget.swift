import Foundation

/// Where an index file is written to.
protocol IndexFileTarget: AnyObject {
    /// Writes at the end, or at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int?) throws(VectorIndexError)
    func commit() throws(VectorIndexError)
}

extension PartFile: IndexFileTarget {}

/// An index file that only its writer sees, for what must not lie on a disk as it is.
final class MemoryTarget: IndexFileTarget {
    private(set) var content: [UInt8] = []

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int?) {
        guard let offset else { return content.append(contentsOf: bytes) }
        content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    func commit() {}
}

extension IndexFile {
    /// The bytes of a file with the sections that `body` gives.
    ///
    /// - Throws: what `body` throws.
    package static func content(
        kind: String, _ body: (IndexFileWriter) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) -> [UInt8] {
        let target = MemoryTarget()
        let writer = try IndexFileWriter(to: target, kind: kind)
        try body(writer)
        try writer.finish()
        return target.content
    }

    /// Writes bytes of any kind as `write(to:kind:)` does: whole or not at all, and readable by the owner alone.
    ///
    /// - Throws: `unwritable`.
    package static func write(bytes: [UInt8], to url: URL) throws(VectorIndexError) {
        let part = try PartFile(for: url)
        try bytes.withUnsafeBufferPointer { bytes throws(VectorIndexError) in
            try part.write(UnsafeRawBufferPointer(bytes))
        }
        try part.commit()
    }
}
