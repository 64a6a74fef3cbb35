import Foundation

/// A file being written beside the one it will replace, as `NAME.….part`.
///
/// It is locked while its writer lives, so that the next writer can tell what a killed one left, and takes it away.
final class PartFile {
    private let target: URL
    private let part: String
    private let descriptor: Int32
    private var isCommitted = false

    /// - Throws: `unwritable`.
    init(for url: URL) throws(VectorIndexError) {
        // A link stays a link.
        target = url.resolvingSymlinksInPath()
        var status = stat()
        guard stat(target.path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw VectorIndexError(.unwritable, "is not a regular file", file: url.path)
        }
        Self.removeAbandoned(for: target)
        while true {
            let name = "\(target.path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
            let opened = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard opened >= 0 else { throw Self.unwritable(target) }
            // Another writer may have taken it for abandoned between these two lines.
            if flock(opened, LOCK_EX | LOCK_NB) == 0, fstat(opened, &status) == 0, status.st_nlink > 0 {
                (part, descriptor) = (name, opened)
                return
            }
            close(opened)
        }
    }

    deinit {
        if !isCommitted { unlink(part) }
        close(descriptor)
    }

    /// Writes at the end, or at `offset`.
    ///
    /// - Throws: `unwritable`, for instance when the disk is full.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int? = nil) throws(VectorIndexError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let written =
                offset.map { pwrite(descriptor, rest.baseAddress, rest.count, off_t($0 + done)) }
                ?? Foundation.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.unwritable(target) }
            done += written
        }
    }

    /// Puts the file in its target's place once it is on the disk.
    ///
    /// - Throws: `unwritable`.
    func commit() throws(VectorIndexError) {
        guard fsync(descriptor) == 0, rename(part, target.path) == 0 else { throw Self.unwritable(target) }
        isCommitted = true
        let folder = open(target.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        // Some file systems know no fsync of a folder, and keep the name without it.
        fsync(folder)
        close(folder)
    }

    private static func unwritable(_ url: URL) -> VectorIndexError {
        VectorIndexError(.unwritable, "cannot be written: \(String(cString: strerror(errno)))", file: url.path)
    }

    private static func removeAbandoned(for target: URL) {
        let folder = target.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(target.lastPathComponent + ".") && name.hasSuffix(".part") {
            let path = folder + "/" + name
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }
}
