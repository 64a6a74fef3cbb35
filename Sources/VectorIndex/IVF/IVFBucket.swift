import Foundation
import Synchronization

/// Rows on their way into lists, in no order. They lie in memory where all of a build's do, else in a file that is gone
/// once they are taken out.
final class IVFBucket: @unchecked Sendable {
    // Safe: whoever appends has a stretch of the bytes for itself, and they are read when nobody appends any more.
    private let url: URL
    private let memory: UnsafeMutableRawBufferPointer?
    private let descriptor: Int32
    private let length = Atomic(0)

    /// A bucket in memory.
    init(holding count: Int) {
        memory = .allocate(byteCount: count, alignment: 64)
        (url, descriptor) = (URL(fileURLWithPath: "/"), -1)
    }

    /// A bucket in a file.
    ///
    /// - Throws: `unwritable`.
    init(_ url: URL) throws(VectorIndexError) {
        descriptor = open(url.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        (self.url, memory) = (url, nil)
        guard descriptor >= 0 else { throw unwritable() }
    }

    deinit {
        memory?.deallocate()
        guard descriptor >= 0 else { return }
        unlink(url.path)
        close(descriptor)
    }

    /// May be called by several threads at once.
    func append(_ bytes: UnsafeRawBufferPointer) throws(VectorIndexError) {
        let start = length.wrappingAdd(bytes.count, ordering: .relaxed).oldValue
        if let memory { return UnsafeMutableRawBufferPointer(rebasing: memory[start...]).copyMemory(from: bytes) }
        var done = 0
        while done < bytes.count {
            let written = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(start + done))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw unwritable() }
            done += written
        }
    }

    /// Gives all bytes to `body`; a file is removed before that.
    func consume(
        threads: Int?, _ body: (UnsafeBufferPointer<UInt8>) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        let count = length.load(ordering: .relaxed)
        if let memory {
            return try body(UnsafeRawBufferPointer(rebasing: memory[..<count]).bindMemory(to: UInt8.self))
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
        defer { bytes.deallocate() }
        nonisolated(unsafe) let whole = bytes
        let piece = 4 << 20
        try Parallel.tryRun((count + piece - 1) / piece, threads: threads) { (part) throws(VectorIndexError) in
            var done = part * piece
            let end = min(done + piece, count)
            while done < end {
                let got = pread(descriptor, whole.baseAddress! + done, end - done, off_t(done))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    throw VectorIndexError(.unreadable, "a temporary file cannot be read back", file: url.path)
                }
                done += got
            }
        }
        // Its room on the disk is wanted for the lists.
        unlink(url.path)
        ftruncate(descriptor, 0)
        try body(UnsafeRawBufferPointer(bytes).bindMemory(to: UInt8.self))
    }

    private func unwritable() -> VectorIndexError {
        VectorIndexError(.unwritable, "cannot be written: \(String(cString: strerror(errno)))", file: url.path)
    }
}
