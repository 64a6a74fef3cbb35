import DeepFace
import Foundation
import NIOPosix

/// Files below one folder. What a link, `..` or a race leads to elsewhere is refused: it is the opened file whose place
/// counts.
package struct ConfinedFiles: Sendable {
    /// Without links.
    package let root: String
    let limit: Int

    /// - Throws: `invalidOption` when there is no such folder.
    package init(root: String, limit: Int) throws(DeepFaceError) {
        guard let real = Self.realPath(root), Self.isFolder(real) else {
            throw DeepFaceError(.invalidOption, "is not a folder", input: root, advice: "name one with --allow-paths")
        }
        (self.root, self.limit) = (real, limit)
    }

    /// - Parameter path: below the folder, or absolute.
    /// - Throws: `unreadableInput`, the same for what is elsewhere as for what is not there.
    package func content(of path: String) async throws(DeepFaceError) -> Data {
        let result: Result<Data, DeepFaceError>
        do {
            result = try await NIOThreadPool.singleton.runIfActive {
                Result { () throws(DeepFaceError) in try read(path) }
            }
        } catch {
            throw DeepFaceError(.cancelled, "the server is closing down")
        }
        return try result.get()
    }

    private func read(_ path: String) throws(DeepFaceError) -> Data {
        let refusal = DeepFaceError(.unreadableInput, "is not a file below the allowed folder", input: path)
        let full = path.hasPrefix("/") ? path : root + "/" + path
        guard let real = Self.realPath(full), isInside(real) else { throw refusal }
        let descriptor = open(real, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { throw refusal }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let opened = Self.realPath("/proc/self/fd/\(descriptor)"), isInside(opened)
        else { throw refusal }
        guard Int(status.st_size) <= limit else {
            throw DeepFaceError(
                .unreadableInput, "the file has \(status.st_size) bytes, more than the \(limit) allowed", input: path)
        }
        guard let content = try? handle.read(upToCount: limit) else { throw refusal }
        return content
    }

    private func isInside(_ path: String) -> Bool { root == "/" || path.hasPrefix(root + "/") }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
