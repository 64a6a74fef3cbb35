import Foundation

/// Writes an `IndexFile` section by section, none of which need fit in memory.
///
/// The file appears under its name when `IndexFile.write` is done, whole; until then, and when something fails, what
/// was there before stays.
package final class IndexFileWriter {
    private let target: any IndexFileTarget
    private var head: IndexFileHead
    private var buffer: [UInt8] = []
    /// Bytes of the file so far, those in `buffer` among them.
    private var length = 0

    private static let bufferSize = 1 << 20

    init(to target: any IndexFileTarget, kind: String) throws(VectorIndexError) {
        self.target = target
        head = IndexFileHead(kind: kind, sections: [])
        // Room for the start, which is known last.
        buffer.reserveCapacity(Self.bufferSize)
        try append(raw: [UInt8](repeating: 0, count: IndexFileHead.pageSize))
    }

    /// Begins a section; what is appended from now on belongs to it, until the next one begins.
    ///
    /// - Precondition: no section has this name.
    package func begin(_ name: String) throws(VectorIndexError) {
        precondition(!head.sections.contains { $0.name == name }, "there is a section \(name)")
        try pad()
        head.sections.append(.init(name: name, offset: length, length: 0, checksum: 0))
    }

    /// Appends bytes to the section that was begun last.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(VectorIndexError) {
        precondition(!head.sections.isEmpty, "no section was begun")
        let last = head.sections.count - 1
        head.sections[last].checksum = CRC32C.of(bytes, after: head.sections[last].checksum)
        head.sections[last].length += bytes.count
        try put(bytes)
    }

    /// Appends values to the section that was begun last.
    package func append(_ values: some Sequence<some BitwiseCopyable>) throws(VectorIndexError) {
        // Arrays and mapped arrays are appended where they lie.
        var failure: VectorIndexError?
        let done: Void? = values.withContiguousStorageIfAvailable { stored in
            do throws(VectorIndexError) { try append(UnsafeRawBufferPointer(stored)) } catch { failure = error }
        }
        if let failure { throw failure }
        if done == nil { try append(ContiguousArray(values)) }
    }

    /// A whole section of values.
    package func section(_ name: String, _ values: some Sequence<some BitwiseCopyable>) throws(VectorIndexError) {
        try begin(name)
        try append(values)
    }

    /// A whole section with one value as JSON, for settings.
    package func section(_ name: String, json value: some Encodable) throws(VectorIndexError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(value) else {
            throw VectorIndexError(.invalidSetting, "section \(name) cannot be written as JSON")
        }
        try section(name, json)
    }

    func finish() throws(VectorIndexError) {
        try pad()
        guard let json = try? JSONEncoder().encode(head) else {
            throw VectorIndexError(.invalidSetting, "the names of the sections cannot be written as JSON")
        }
        let offset = length
        try append(raw: Array(json))
        try flush()
        try write(IndexFileHead.start(json: json, offset: offset), at: 0)
        try target.commit()
    }

    /// Zeros up to the next page.
    private func pad() throws(VectorIndexError) {
        let over = length % IndexFileHead.pageSize
        if over > 0 { try append(raw: [UInt8](repeating: 0, count: IndexFileHead.pageSize - over)) }
    }

    private func append(raw bytes: [UInt8]) throws(VectorIndexError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(VectorIndexError) in try put(UnsafeRawBufferPointer(bytes)) }
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws(VectorIndexError) {
        if buffer.count + bytes.count > Self.bufferSize { try flush() }
        if bytes.count >= Self.bufferSize {
            try target.write(bytes, at: nil)
        } else {
            buffer.append(contentsOf: bytes)
        }
        length += bytes.count
    }

    private func flush() throws(VectorIndexError) {
        try write(buffer, at: nil)
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8], at offset: Int?) throws(VectorIndexError) {
        try bytes.withUnsafeBufferPointer { (bytes) throws(VectorIndexError) in
            try target.write(UnsafeRawBufferPointer(bytes), at: offset)
        }
    }
}

extension IndexFile {
    /// Writes a file with the sections that `body` gives; readable by its owner alone, since vectors of faces tell
    /// who somebody is.
    ///
    /// - Throws: `unwritable`, for instance when the disk is full, and what `body` throws; the file that was there
    ///   before stays then.
    package static func write(
        to url: URL, kind: String, _ body: (IndexFileWriter) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        let writer = try IndexFileWriter(to: PartFile(for: url), kind: kind)
        try body(writer)
        try writer.finish()
    }
}
