import Foundation

/// A file of named sections, each with a checksum: what indexes and galleries are kept in.
///
/// Opening one maps it and checks its start, its head and all lengths, whatever its size. A section's own bytes are
/// checked by `check` or `verify`, at the speed of memory; `value` always checks.
package struct IndexFile: Sendable {
    package let url: URL
    /// What the file holds; a kind of index, or another name its owner gave.
    package let kind: String
    private let mapped: MappedFile
    private let table: [String: IndexFileHead.Section]

    /// - Throws: `unreadable`; `damaged` when it is no index file, is not of `kind`, or is not whole.
    package init(opening url: URL, kind: String) throws(VectorIndexError) {
        try self.init(MappedFile(url), url, kind: kind)
    }

    /// What `IndexFile.content` gave, kept in memory.
    ///
    /// - Parameter url: where it came from, for errors.
    /// - Throws: `unreadable` when there is not enough memory; `damaged`.
    package init(bytes: [UInt8], from url: URL, kind: String) throws(VectorIndexError) {
        try self.init(MappedFile(copying: bytes, from: url), url, kind: kind)
    }

    private init(_ mapped: MappedFile, _ url: URL, kind: String) throws(VectorIndexError) {
        self.url = url
        self.kind = kind
        self.mapped = mapped
        let head: IndexFileHead
        do throws(VectorIndexError) {
            head = try IndexFileHead.read(from: mapped.bytes)
        } catch {
            throw VectorIndexError(error.code, error.message, file: url.path)
        }
        guard head.kind == kind else {
            throw VectorIndexError(.damaged, "is of kind \(head.kind), not \(kind)", file: url.path)
        }
        table = Dictionary(head.sections.map { ($0.name, $0) }) { first, _ in first }
        guard table.count == head.sections.count else { throw damaged("names a section twice") }
    }

    /// Names of the sections, in no order.
    package var sectionNames: [String] { Array(table.keys) }

    package func hasSection(_ name: String) -> Bool { table[name] != nil }

    /// The values of a section where they lie, not yet checked against its checksum.
    ///
    /// - Parameter count: how many there must be; `nil`: any number.
    /// - Throws: `damaged` when there is no such section or it is not `count` whole values.
    package func section<Element>(
        _ name: String, of type: Element.Type, count: Int? = nil
    ) throws(VectorIndexError) -> MappedArray<Element> {
        let section = try entry(name)
        let (whole, rest) = section.length.quotientAndRemainder(dividingBy: MemoryLayout<Element>.stride)
        guard rest == 0, whole == count ?? whole else {
            throw damaged("section \(name) has \(section.length) bytes, which is not what belongs there")
        }
        return MappedArray(file: mapped, offset: section.offset, count: whole)
    }

    /// What `IndexFileWriter.section(_:json:)` wrote; its checksum is checked.
    ///
    /// - Throws: `damaged`.
    package func value<Value: Decodable>(_ name: String, as type: Value.Type) throws(VectorIndexError) -> Value {
        try check(name)
        let bytes = bytes(of: try entry(name))
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
            throw damaged("section \(name) is not what belongs there")
        }
        return value
    }

    /// Checks a section against its checksum: reads all of it.
    ///
    /// - Throws: `damaged`.
    package func check(_ name: String) throws(VectorIndexError) {
        let section = try entry(name)
        guard CRC32C.of(bytes(of: section)) == section.checksum else { throw damaged("section \(name) is damaged") }
    }

    /// Checks every section: reads the whole file.
    ///
    /// - Throws: `damaged`.
    package func verify() throws(VectorIndexError) {
        for name in table.keys.sorted() { try check(name) }
    }

    /// An error that says the file is damaged.
    package func damaged(_ what: String) -> VectorIndexError {
        VectorIndexError(.damaged, what, file: url.path)
    }

    /// Where a section lies, for who reads it by other means than the mapping.
    package func location(of name: String) throws(VectorIndexError) -> (offset: Int, length: Int, checksum: UInt32) {
        let section = try entry(name)
        return (section.offset, section.length, section.checksum)
    }

    private func entry(_ name: String) throws(VectorIndexError) -> IndexFileHead.Section {
        guard let section = table[name] else { throw damaged("has no section \(name)") }
        return section
    }

    private func bytes(of section: IndexFileHead.Section) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapped.bytes[section.offset..<section.offset + section.length])
    }
}
