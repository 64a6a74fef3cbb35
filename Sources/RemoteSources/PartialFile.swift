import DeepFace
import Foundation

/// The `.part` that a download grows in, held by one download at a time, in this process and in others.
///
/// Beside it `.part.etag` says which address it comes from and which state of the file there it is the beginning of.
final class PartialFile {
    let url: URL
    /// Bytes so far.
    private(set) var count: Int
    /// The ETag or date that the server gave to what is here; `nil`: unknown, so it cannot be gone on with.
    private(set) var validator: String?
    private let address: String
    private let descriptor: Int32

    /// Opens the `.part` of `target` and locks it until this object is gone. Makes the folder if needed. What is there
    /// is kept when it comes from `address` and has a validator.
    ///
    /// - Throws: `weightsMissing` when somebody else holds it, `unwritableOutput` when it cannot be written.
    init(of target: URL, from address: String) throws(DeepFaceError) {
        url = target.appendingPathExtension("part")
        self.address = address
        (descriptor, count) = try Self.open(url, for: target.lastPathComponent)
        let lines = (try? String(contentsOf: note, encoding: .utf8))?.components(separatedBy: "\n") ?? []
        if lines.count == 2, lines[0] == address { validator = lines[1] }
        if validator == nil || count == 0 { try restart(validator: nil) }
    }

    deinit { close(descriptor) }

    private var note: URL { url.appendingPathExtension("etag") }

    /// The locked file and its size.
    private static func open(_ url: URL, for name: String) throws(DeepFaceError) -> (Int32, Int) {
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw unwritable(url, error.localizedDescription)
        }
        while true {
            let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW
            let descriptor = Foundation.open(url.path, flags, 0o644)
            guard descriptor >= 0 else { throw unwritable(url, errno) }
            do throws(DeepFaceError) {
                guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                    guard errno == EWOULDBLOCK else { throw unwritable(url, errno) }
                    throw DeepFaceError(
                        .weightsMissing, "\(name) is being fetched by another process", input: url.path,
                        advice: "wait until it has come, then try again")
                }
                var status = stat()
                guard fstat(descriptor, &status) == 0 else { throw unwritable(url, errno) }
                guard status.st_mode & S_IFMT == S_IFREG else { throw unwritable(url, "it is not a regular file") }
                if isAt(url, descriptor) { return (descriptor, Int(status.st_size)) }
            } catch {
                close(descriptor)
                throw error
            }
            // The one who held it has moved it away between our opening and our locking it.
            close(descriptor)
        }
    }

    /// Whether the name `url` still stands for the open file.
    private static func isAt(_ url: URL, _ descriptor: Int32) -> Bool {
        var held = stat()
        var named = stat()
        return fstat(descriptor, &held) == 0 && lstat(url.path, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    /// Empties the file. `validator` is what the server calls the state of the file that comes next.
    func restart(validator: String?) throws(DeepFaceError) {
        guard ftruncate(descriptor, 0) == 0 else { throw Self.unwritable(url, errno) }
        count = 0
        self.validator = validator
        try? FileManager.default.removeItem(at: note)
        guard let validator else { return }
        do {
            try Data("\(address)\n\(validator)".utf8).write(to: note)
        } catch {
            throw Self.unwritable(note, error.localizedDescription)
        }
    }

    /// Adds `bytes` at the end.
    func append(_ bytes: UnsafeRawBufferPointer) throws(DeepFaceError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw Self.unwritable(url, errno) }
            rest = rest.dropFirst(written)
            count += written
        }
    }

    /// Has all bytes on the disk.
    func synchronize() throws(DeepFaceError) {
        guard fsync(descriptor) == 0 else { throw Self.unwritable(url, errno) }
    }

    /// Removes what is still there under its name.
    func remove() {
        unlink(note.path)
        // A file of that name that is not ours belongs to the next download.
        if Self.isAt(url, descriptor) { unlink(url.path) }
    }

    private static func unwritable(_ url: URL, _ code: Int32) -> DeepFaceError {
        unwritable(url, String(cString: strerror(code)))
    }

    private static func unwritable(_ url: URL, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "cannot be written: \(reason)", input: url.path,
            advice: "check the folder's permissions and the free space, then try again: it goes on where it stopped")
    }
}
