import DeepFace
import Foundation

/// Keeps other processes from writing the same files; the kernel lets go of it when the process ends, however it ends.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// - Parameter advice: what to do where another has the lock. `nil`: it is waited for.
    /// - Throws: `unwritableOutput`.
    init(_ url: URL, orElse advice: String? = nil) throws(DeepFaceError) {
        let opened = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0, flock(opened, advice == nil ? LOCK_EX : LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = opened >= 0 && errno == EWOULDBLOCK
            let reason = isTaken ? "another process is using it" : String(cString: strerror(errno))
            if opened >= 0 { close(opened) }
            throw DeepFaceError(
                .unwritableOutput, "cannot be locked: \(reason)", input: url.path, advice: isTaken ? advice : nil)
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
