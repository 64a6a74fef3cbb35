import Foundation

/// The folder an ivf index is kept in: a manifest names the files that count; all others are somebody's beginnings, or
/// what was left of them.
///
/// Replacing the manifest is what commits a change. Who changes the folder holds a lock on its file `lock`.
struct IVFFolder {
    let url: URL

    /// What is kept as JSON.
    struct Manifest: Codable, Equatable {
        /// One more with every commit.
        var version: Int
        var model: String?
        var generation: String?
        var segments: [String] = []
        var deleted: String?
        var effort: IVFEffort?

        var files: Set<String> {
            var files = Set(segments + [model, deleted].compactMap { $0 })
            if let generation {
                files.formUnion([generation] + IVFGeneration.parts.map { "\(generation).\($0)" })
            }
            return files
        }
    }

    static let manifestName = "manifest"
    private static let kind = "ivf"

    /// - Throws: `unreadable`, `damaged`.
    func manifest() throws(VectorIndexError) -> Manifest {
        let file = try IndexFile(opening: url.appending(path: Self.manifestName), kind: Self.kind)
        let settings = try file.value("head", as: Head.self)
        return settings.manifest
    }

    struct Head: Codable {
        var dimensions: Int
        var metric: VectorMetric
        var manifest: Manifest
    }

    func head() throws(VectorIndexError) -> Head {
        try IndexFile(opening: url.appending(path: Self.manifestName), kind: Self.kind).value("head", as: Head.self)
    }

    func commit(_ head: Head) throws(VectorIndexError) {
        try IndexFile.write(to: url.appending(path: Self.manifestName), kind: Self.kind) {
            (file) throws(VectorIndexError) in try file.section("head", json: head)
        }
    }

    /// Whether there is an index.
    var isIndex: Bool { FileManager.default.fileExists(atPath: url.appending(path: Self.manifestName).path) }

    /// The error for who would undo another's commit.
    var changed: VectorIndexError {
        VectorIndexError(.unwritable, "was changed by another process; open it again", file: url.path)
    }

    /// Removes what no manifest names. Only for who holds the lock.
    func clean(keeping files: Set<String>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where !files.contains(name) && name != Self.manifestName && name != Lock.name {
            // Only files an index may have left: the folder might hold others.
            if ["lists-", "model-", "added-", "deleted-", "manifest."].contains(where: name.hasPrefix) {
                unlink(url.appending(path: name).path)
            }
        }
    }

    /// Held by who changes the folder.
    final class Lock: Sendable {
        static let name = "lock"
        private let descriptor: Int32

        /// Makes the folder if need be, and waits for another process that is at it.
        ///
        /// - Parameter patience: seconds to wait.
        /// - Throws: `unwritable`.
        init(_ folder: URL, patience: Int = 10) throws(VectorIndexError) {
            mkdir(folder.path, 0o700)
            let path = folder.appending(path: Self.name).path
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard opened >= 0 else {
                throw VectorIndexError(
                    .unwritable, "cannot be written: \(String(cString: strerror(errno)))", file: folder.path)
            }
            for _ in 0..<max(1, 20 * patience) {
                if flock(opened, LOCK_EX | LOCK_NB) == 0 {
                    descriptor = opened
                    return
                }
                usleep(50000)
            }
            close(opened)
            throw VectorIndexError(.unwritable, "is being changed by another process", file: folder.path)
        }

        deinit { close(descriptor) }
    }
}
