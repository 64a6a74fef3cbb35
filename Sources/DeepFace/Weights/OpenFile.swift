import Foundation

/// A regular file that stays open for reading at any place, so that a large one need not be in memory.
final class OpenFile: Sendable {
    let descriptor: Int32

    /// How many bytes it had when it was opened.
    let size: Int

    init(_ path: String) throws(RegularFile.Problem) {
        // Non-blocking, so that opening a pipe returns; it changes nothing for a regular file.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        guard known, status.st_mode & S_IFMT == S_IFREG else {
            let problem: RegularFile.Problem =
                if !known {
                    .unreadable(String(cString: strerror(errno)))
                } else {
                    status.st_mode & S_IFMT == S_IFDIR ? .directory : .notRegular
                }
            close(descriptor)
            throw problem
        }
        self.descriptor = descriptor
        self.size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// The `count` bytes at `offset`; fewer where the file ends before.
    func bytes(at offset: Int, count: Int) throws(RegularFile.Problem) -> Data {
        var bytes = Data(count: count)
        var got = 0
        while got < count {
            let more = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + got }, count - got, off_t(offset + got))
            }
            if more < 0 && errno == EINTR { continue }
            guard more >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            if more == 0 { return bytes.prefix(got) }
            got += more
        }
        return bytes
    }
}
