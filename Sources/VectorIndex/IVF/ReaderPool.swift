import CVectorScan
import Synchronization

/// Readers of many pieces at once, one for each search under way.
final class ReaderPool: @unchecked Sendable {
    // Safe: the free readers are behind a lock, and a reader that is taken out is one search's own.
    private let free = Mutex<[Reader]>([])
    /// Whether to read by threads even where io_uring is there.
    let usesThreads: Bool

    private struct Reader: @unchecked Sendable {
        // Safe: used by one search at a time.
        let pointer: OpaquePointer
    }

    init(usesThreads: Bool = false) { self.usesThreads = usesThreads }

    deinit { free.withLock { for reader in $0 { ivf_reader_close(reader.pointer) } } }

    /// Reads pieces of a section, all under way at once.
    ///
    /// - Throws: `unreadable`, `damaged`.
    func read(_ pieces: inout [ivf_read], of file: StoredFile) throws(VectorIndexError) {
        guard let reader = free.withLock({ $0.popLast()?.pointer }) ?? ivf_reader_open(usesThreads ? 1 : 0) else {
            throw VectorIndexError(.unreadable, "no thread or memory to read with")
        }
        defer { free.withLock { $0.append(Reader(pointer: reader)) } }
        let code = ivf_reader_run(reader, file.descriptor, &pieces, pieces.count)
        guard code == 0 else { throw file.failure(code) }
    }
}
