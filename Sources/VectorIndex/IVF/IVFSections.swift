import CVectorScan
import Foundation

/// A file's bytes read into memory and checked.
final class LoadedSection: @unchecked Sendable {
    // Safe: the memory is its own and only read once it is filled.
    let bytes: UnsafeRawPointer
    let length: Int

    /// - Throws: `unreadable` (also where there is no memory for it), `damaged`.
    init(_ kind: String, of url: URL, length: Int) throws(VectorIndexError) {
        self.length = length
        let file = try StoredFile(kind, of: url, length: length)
        guard let memory = mmap(nil, max(length, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { throw VectorIndexError(.unreadable, "no memory for its \(length) bytes", file: url.path) }
        #if os(Linux)
            // Lists lie all over it: large pages spare looking up where.
            madvise(memory, length, MADV_HUGEPAGE)
        #endif
        bytes = UnsafeRawPointer(memory)
        var crc: UInt32 = 0
        let piece = 8 << 20
        for start in stride(from: 0, to: length, by: piece) {
            let part = UnsafeMutableRawBufferPointer(start: memory + start, count: min(piece, length - start))
            try file.read(at: start, into: part)
            crc = CRC32C.of(UnsafeRawBufferPointer(part), after: crc)
        }
        guard crc == file.checksum else {
            throw VectorIndexError(.damaged, "section \(kind) is damaged", file: url.path)
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes), max(length, 1)) }
}

/// A file's bytes that are read when they are needed.
final class StoredSection: Sendable {
    let file: StoredFile
    /// All of them, where they are few.
    let loaded: LoadedSection?

    /// - Throws: `unreadable`, `damaged`.
    init(_ kind: String, of url: URL, length: Int, inMemory limit: Int) throws(VectorIndexError) {
        file = try StoredFile(kind, of: url, length: length)
        loaded = length <= limit ? try LoadedSection(kind, of: url, length: length) : nil
    }

    /// Some of the bytes, for as long as `body` looks at them.
    func withBytes<R>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(VectorIndexError) -> R
    ) throws(VectorIndexError) -> R {
        if let loaded {
            return try body(UnsafeRawBufferPointer(start: loaded.bytes + range.lowerBound, count: range.count))
        }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 64)
        defer { memory.deallocate() }
        try file.read(at: range.lowerBound, into: memory)
        return try body(UnsafeRawBufferPointer(memory))
    }
}

/// The one section of a file that is read in pieces.
final class StoredFile: Sendable {
    let descriptor: Int32
    /// Where the section begins in the file.
    let offset: Int
    let checksum: UInt32
    private let path: String

    init(_ kind: String, of url: URL, length: Int) throws(VectorIndexError) {
        path = url.path
        let file = try IndexFile(opening: url, kind: "ivf \(kind)")
        let section = try file.location(of: kind)
        guard section.length == length else { throw file.damaged("is not as long as its lists") }
        (offset, checksum) = (section.offset, section.checksum)
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw VectorIndexError(.unreadable, "cannot be read: \(String(cString: strerror(errno)))", file: path)
        }
        // What is read is a few bytes here and there; more would be read in vain.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_RANDOM)
    }

    deinit { close(descriptor) }

    /// Reads bytes from `start` of the section on.
    func read(at start: Int, into bytes: UnsafeMutableRawBufferPointer) throws(VectorIndexError) {
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + start + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw failure(got == 0 ? -1 : errno) }
            done += got
        }
    }

    /// The error for what `ivf_reader_run` returned.
    func failure(_ code: Int32) -> VectorIndexError {
        code == -1
            ? VectorIndexError(.damaged, "ends early", file: path)
            : VectorIndexError(.unreadable, "cannot be read: \(String(cString: strerror(code)))", file: path)
    }
}
