import Foundation

/// A file in memory, for as long as somebody looks at it.
final class MappedFile: @unchecked Sendable {
    // Safe: the bytes are only ever read, and both properties are constants.
    let bytes: UnsafeRawBufferPointer

    /// - Throws: `unreadable` when there is no such file or it cannot be mapped.
    init(_ url: URL) throws(VectorIndexError) {
        func unreadable(_ reason: String) -> VectorIndexError {
            VectorIndexError(.unreadable, "cannot be read: \(reason)", file: url.path)
        }
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw unreadable("not a regular file") }
        let length = Int(status.st_size)
        // An empty file cannot be mapped: it stands for itself.
        guard length > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
            throw unreadable(String(cString: strerror(errno)))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: length)
    }

    /// Memory of its own with these bytes, aligned as a file's.
    ///
    /// - Throws: `unreadable` when there is not enough.
    init(copying content: [UInt8], from url: URL) throws(VectorIndexError) {
        guard !content.isEmpty else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let start = mmap(nil, content.count, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
            throw VectorIndexError(.unreadable, "cannot be held: \(String(cString: strerror(errno)))", file: url.path)
        }
        content.withUnsafeBytes { start.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        bytes = UnsafeRawBufferPointer(start: start, count: content.count)
    }

    deinit {
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}

/// Values in a section of an index file, read where they lie.
///
/// The file must not be shortened while it is looked at (the process would be ended by a signal); index files never
/// are: they are replaced whole, and the old one stays until nobody looks at it.
package struct MappedArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    private let file: MappedFile
    private let offset: Int
    package let count: Int

    /// - Precondition: the stretch lies within the file and `offset` suits the element's alignment.
    init(file: MappedFile, offset: Int, count: Int) {
        (self.file, self.offset, self.count) = (file, offset, count)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(position: Int) -> Element {
        precondition(position >= 0 && position < count, "beyond the section")
        return withUnsafeBufferPointer { $0[position] }
    }

    package func withUnsafeBufferPointer<R, E: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        let start = file.bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: Element.self)
        let result = try body(UnsafeBufferPointer(start: start, count: count))
        return withExtendedLifetime(file) { result }
    }

    package func withContiguousStorageIfAvailable<R>(
        _ body: (UnsafeBufferPointer<Element>) throws -> R
    ) rethrows -> R? {
        try withUnsafeBufferPointer(body)
    }
}
