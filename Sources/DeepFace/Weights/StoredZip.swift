/// The table of contents of a zip archive whose entries are stored without compression, as PyTorch writes them.
///
/// Checksums are not verified: weights are checked by their SHA-256 whenever they are read. See PKWARE's APPNOTE 6.3.9
/// for the format; zip64 archives and entries are read as well.
struct StoredZip {
    /// One file of the archive.
    private struct Entry {
        let method: Int
        let flags: Int
        let size: Int
        let storedSize: Int
        let header: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private var entries: [String: Entry] = [:]

    /// The names of the files, in the order of the archive.
    private(set) var names: [String] = []

    /// Reads the table of contents of the archive in `bytes`.
    init(_ bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) {
        self.bytes = bytes
        let directory = try Self.directory(in: bytes)
        var reader = try ByteReader(bytes, at: directory.start)
        for _ in 0..<directory.count {
            let (name, entry) = try Self.entry(&reader)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw .malformed("zip archive has two entries '\(WeightFileError.printable(name))'")
            }
            names.append(name)
        }
    }

    /// Where the content of the file `name` lies in the archive, `nil` when there is no such file.
    ///
    /// - Throws: `unsupported` for a compressed or encrypted entry, `truncated` or `malformed` for a damaged archive.
    func content(of name: String) throws(WeightFileError.Reason) -> Range<Int>? {
        guard let entry = entries[name] else { return nil }
        let shown = WeightFileError.printable(name)
        guard entry.flags & 0x2041 == 0 else { throw .unsupported("encrypted zip entry '\(shown)'") }
        guard entry.method == 0 else {
            throw .unsupported("compressed zip entry '\(shown)' (method \(entry.method)); PyTorch stores entries as is")
        }
        guard entry.size == entry.storedSize else { throw .malformed("two sizes for the stored entry '\(shown)'") }
        var reader = try ByteReader(bytes, at: entry.header)
        guard try reader.integer(UInt32.self) == 0x0403_4b50 else {
            throw .malformed("no zip entry '\(shown)' at byte \(entry.header)")
        }
        _ = try reader.skip(22)
        let nameLength = try reader.count(UInt16.self)
        let extraLength = try reader.count(UInt16.self)
        _ = try reader.skip(nameLength + extraLength)
        return try reader.skip(entry.size)
    }
}

// MARK: - Central directory

extension StoredZip {
    /// The central directory's position and number of entries, from the record at the end of the archive.
    private static func directory(
        in bytes: UnsafeRawBufferPointer
    ) throws(WeightFileError.Reason) -> (start: Int, count: Int) {
        let end = try endRecord(in: bytes)
        var reader = try ByteReader(bytes, at: end)
        _ = try reader.skip(10)
        let count = try reader.count(UInt16.self)
        _ = try reader.skip(4)
        let start = try reader.count(UInt32.self)
        // A zip64 archive has a locator of 20 bytes just before that record.
        guard end >= 20 else { return (start, count) }
        var locator = try ByteReader(bytes, at: end - 20)
        guard try locator.integer(UInt32.self) == 0x0706_4b50 else { return (start, count) }
        _ = try locator.skip(4)
        reader = try ByteReader(bytes, at: locator.count(UInt64.self))
        guard try reader.integer(UInt32.self) == 0x0606_4b50 else { throw .malformed("no zip64 end record") }
        _ = try reader.skip(28)
        let count64 = try reader.count(UInt64.self)
        _ = try reader.skip(8)
        return (try reader.count(UInt64.self), count64)
    }

    /// The position of the end record: the last place with its signature and a comment that ends with the file.
    private static func endRecord(in bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) -> Int {
        let size = 22
        var position = bytes.count - size
        let lowest = max(0, position - Int(UInt16.max))
        while position >= lowest {
            if bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self) == UInt32(littleEndian: 0x0605_4b50) {
                var reader = try ByteReader(bytes, at: position + 20)
                if try reader.count(UInt16.self) == reader.remaining { return position }
            }
            position -= 1
        }
        throw .truncated("no table of contents at the end of the zip archive")
    }

    /// The next entry of the central directory.
    private static func entry(_ reader: inout ByteReader) throws(WeightFileError.Reason) -> (String, Entry) {
        guard try reader.integer(UInt32.self) == 0x0201_4b50 else {
            throw .malformed("no zip directory entry at byte \(reader.offset - 4)")
        }
        _ = try reader.skip(4)
        let flags = try reader.count(UInt16.self)
        let method = try reader.count(UInt16.self)
        _ = try reader.skip(8)
        // In the order in which the zip64 field replaces those that are saturated.
        let storedSize = try reader.count(UInt32.self)
        let size = try reader.count(UInt32.self)
        let nameLength = try reader.count(UInt16.self)
        let extraLength = try reader.count(UInt16.self)
        let commentLength = try reader.count(UInt16.self)
        _ = try reader.skip(8)
        let header = try reader.count(UInt32.self)
        let name = try reader.text(nameLength)
        var wide = [size, storedSize, header]
        try widen(&wide, from: reader.take(extraLength))
        _ = try reader.skip(commentLength)
        return (name, Entry(method: method, flags: flags, size: wide[0], storedSize: wide[1], header: wide[2]))
    }

    /// Replaces the values that did not fit 32 bits by those of the zip64 extra field (id 1), in its order.
    private static func widen(
        _ values: inout [Int], from extra: UnsafeRawBufferPointer
    ) throws(WeightFileError.Reason) {
        let saturated = values.indices.filter { values[$0] == UInt32.max }
        guard !saturated.isEmpty else { return }
        var reader = try ByteReader(extra)
        while reader.remaining >= 4 {
            let id = try reader.count(UInt16.self)
            var field = try ByteReader(reader.take(reader.count(UInt16.self)))
            guard id == 1 else { continue }
            for index in saturated { values[index] = try field.count(UInt64.self) }
            return
        }
        throw .malformed("a zip64 entry without its zip64 field")
    }
}
