import Foundation
import Synchronization

/// A file that the engine has mapped into memory.
struct MappedFile: Sendable {
    private let name: String
    private let inode: UInt64

    /// Files smaller than this are not worth it.
    private static let smallest = 16 << 20

    /// Held while the engine maps files or lets go of them, so that an address read from the system's list is still the
    /// file's when it is used.
    static let changing = Mutex(())

    /// `nil` for a file that is not there or is small.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size >= Self.smallest else { return nil }
        name = "/" + URL(fileURLWithPath: path).lastPathComponent
        inode = UInt64(status.st_ino)
    }

    /// Gives back the memory of the file wherever it is mapped for reading only. What is needed of it again comes from
    /// the file, unnoticed. Does nothing where the system does not list mappings in /proc.
    func release() {
        Self.changing.withLock { _ in
            guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
            for line in maps.split(separator: "\n") where line.hasSuffix(name) || line.hasSuffix(name + " (deleted)") {
                // 7f0000000000-7f0000001000 r--s 00000000 fe:00 123  /the/path
                let fields = line.split(separator: " ", maxSplits: 5)
                guard fields.count == 6, fields[1].hasPrefix("r--"), UInt64(fields[4]) == inode else { continue }
                let ends = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
                guard ends.count == 2, ends[0] < ends[1] else { continue }
                madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
            }
        }
    }
}
