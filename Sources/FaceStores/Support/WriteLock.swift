import Crypto
import DeepFace
import Foundation

/// Lets one task of one process on this machine write to a store whose server has no lock of its own. The kernel lets go
/// of it when the process ends, however it ends.
enum WriteLock {
    /// Runs `body` when no other has the lock of this name.
    ///
    /// - Throws: `storeUnavailable` when another keeps it for five minutes; `unwritableOutput`, `cancelled`.
    static func hold<Value>(
        _ name: String, _ body: () async throws(DeepFaceError) -> Value
    ) async throws(DeepFaceError) -> Value {
        let descriptor = try open(name)
        defer { close(descriptor) }
        let end = ContinuousClock.now + .seconds(300)
        var wait = Duration.milliseconds(1)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < end else {
                throw DeepFaceError(
                    .storeUnavailable, "another process keeps the store busy", input: name, advice: "try again")
            }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw DeepFaceError(.cancelled, "the task was cancelled")
            }
            wait = min(wait * 2, .milliseconds(20))
        }
        return try await body()
    }

    private static func open(_ name: String) throws(DeepFaceError) -> Int32 {
        let folder = WeightStore().home.appending(path: ".deepface/locks")
        let digest = SHA256.hash(data: Data(name.utf8)).prefix(12).map { String(format: "%02x", $0) }.joined()
        let file = folder.appending(path: digest)
        try? FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let descriptor = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DeepFaceError(
                .unwritableOutput, "cannot be opened: \(String(cString: strerror(errno)))", input: file.path,
                advice: "check the folder's permissions")
        }
        return descriptor
    }
}
