import DeepFace
import Foundation

/// The file that keys are kept in. It is written as a whole or not at all, by one process at a time, and can be read by
/// its owner only.
public struct KeyFile: Sendable {
    public let url: URL

    /// `.deepface/keys.json` in the home folder, which `DEEPFACE_HOME` may change.
    public static var standard: KeyFile { KeyFile(url: WeightStore().home.appending(path: ".deepface/keys.json")) }

    public init(url: URL) { self.url = url }

    private struct Content: Codable {
        var version = 1
        var keys: [APIKey] = []
    }

    /// The keys there are; none where there is no file.
    ///
    /// - Throws: `unreadableInput`.
    public func keys() throws(DeepFaceError) -> [APIKey] {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch CocoaError.fileReadNoSuchFile {
            return []
        } catch {
            throw DeepFaceError(.unreadableInput, "the keys cannot be read", input: url.path)
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let content = try? decoder.decode(Content.self, from: data), content.version == 1 else {
            throw DeepFaceError(.unreadableInput, "is not a file of keys", input: url.path)
        }
        return content.keys
    }

    /// Makes a key.
    ///
    /// - Returns: the key as it is kept, and its text, which nobody can tell later.
    /// - Throws: `unreadableInput`, `unwritableOutput`.
    public func create(name: String, role: Role) throws(DeepFaceError) -> (key: APIKey, text: String) {
        let made = APIKey.make(name: name, role: role)
        try change { keys in keys.append(made.key) }
        return made
    }

    /// Takes a key's rights away.
    ///
    /// - Parameter id: its id, or the name of one key only.
    /// - Throws: `notFound`, `invalidOption` when several keys have that name; as `create`.
    public func revoke(_ id: String) throws(DeepFaceError) -> APIKey {
        var revoked: APIKey?
        try change { keys throws(DeepFaceError) in
            let found = keys.filter { $0.id == id }
            let named = found.isEmpty ? keys.filter { $0.name == id } : found
            guard let key = named.first else {
                throw DeepFaceError(.notFound, "no key is called so", input: id, advice: "see: deepface keys list")
            }
            guard named.count == 1 else {
                throw DeepFaceError(
                    .invalidOption, "\(named.count) keys are called so", input: id,
                    advice: "revoke one by its id: \(named.map(\.id).joined(separator: ", "))")
            }
            keys.removeAll { $0 == key }
            revoked = key
        }
        guard let revoked else { throw DeepFaceError(.notFound, "no key is called so", input: id) }
        return revoked
    }

    private func change(_ body: (inout [APIKey]) throws(DeepFaceError) -> Void) throws(DeepFaceError) {
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw DeepFaceError(.unwritableOutput, "the folder cannot be made", input: url.path)
        }
        // The lock is a file of its own, for the keys' own file is another one after each change.
        let lock = open(url.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw DeepFaceError(.unwritableOutput, "cannot be written", input: url.path) }
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else {
            throw DeepFaceError(.unwritableOutput, "cannot be locked", input: url.path)
        }
        var content = Content(keys: try keys())
        try body(&content.keys)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(content) else {
            throw DeepFaceError(.engine, "the keys cannot be written as JSON")
        }
        try AtomicFile.write(data, to: url)
        chmod(url.resolvingSymlinksInPath().path, 0o600)
    }

    /// What tells this state of the file from another; `nil` where there is none.
    var stamp: [Int]? {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return nil }
        return [
            Int(status.st_ino), Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec),
        ]
    }
}
