import Crypto
import Foundation

/// The folder of weights: `<home>/.deepface/weights`, the same that Python DeepFace fills.
public struct WeightStore: Sendable {
    /// The folder that `.deepface` is in.
    public let home: URL

    /// - Parameter home: default: the environment's `DEEPFACE_HOME`, else the user's home folder.
    public init(home: URL? = nil) {
        self.home = home ?? Self.defaultHome
    }

    private static var defaultHome: URL {
        if let path = ProcessInfo.processInfo.environment["DEEPFACE_HOME"], !path.isEmpty {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        return FileManager.default.homeDirectoryForCurrentUser
    }

    /// Where published files lie.
    public var folder: URL { home.appending(path: ".deepface/weights", directoryHint: .isDirectory) }

    /// Where networks made from them are kept. Disposable.
    var compiledFolder: URL { home.appending(path: ".deepface/compiled", directoryHint: .isDirectory) }

    public func url(of file: PublishedFile) -> URL { folder.appending(path: file.name) }

    /// Whether a file is there and whole.
    public enum State: Sendable, Equatable {
        case present
        case missing
        /// Why the file is not what it should be.
        case damaged(String)
    }

    /// Whether `file` is there, by size alone: fast, and blind to damage that keeps the size.
    public func glance(at file: PublishedFile) -> State {
        guard let size = RegularFile.size(of: url(of: file).path) else {
            return FileManager.default.fileExists(atPath: url(of: file).path)
                ? .damaged("not a regular file") : .missing
        }
        return size == file.size ? .present : .damaged("it has \(size) bytes instead of \(file.size)")
    }

    /// Whether `file` is there and whole, by its SHA-256. Reads all of it.
    public func check(_ file: PublishedFile) -> State {
        do throws(DeepFaceError) {
            try require(file)
            return .present
        } catch {
            return error.code == .weightsMissing ? .missing : .damaged(error.message)
        }
    }

    /// Makes sure that `file` is there and whole, by its SHA-256, holding little of it at a time.
    ///
    /// - Throws: `weightsMissing` or `weightsDamaged`, naming the file and what to do.
    func require(_ file: PublishedFile) throws(DeepFaceError) {
        var hash = SHA256()
        try read(file) { hash.update(bufferPointer: $0) }
        try match(hash.finalize(), file)
    }

    /// The content of `file`, checked against its SHA-256.
    ///
    /// - Throws: as `require`.
    func bytes(of file: PublishedFile) throws(DeepFaceError) -> Data {
        var content = Data(capacity: file.size)
        try read(file) { content.append(contentsOf: $0) }
        try match(SHA256.hash(data: content), file)
        return content
    }

    private func read(_ file: PublishedFile, _ chunk: (UnsafeRawBufferPointer) -> Void) throws(DeepFaceError) {
        let path = url(of: file).path
        var count = 0
        do throws(RegularFile.Problem) {
            try RegularFile.read(path) { bytes in
                count += bytes.count
                chunk(bytes)
            }
        } catch {
            if case .missing = error {
                throw DeepFaceError(
                    .weightsMissing, "the weights file \(file.name) is missing", input: path,
                    advice: "run: deepface models pull \(Self.owner(of: file))")
            }
            throw damaged(file, "the weights file \(file.name) is damaged: \(error)")
        }
        guard count == file.size else {
            throw damaged(file, "the weights file \(file.name) is damaged: \(count) bytes instead of \(file.size)")
        }
    }

    private func match(_ digest: SHA256.Digest, _ file: PublishedFile) throws(DeepFaceError) {
        guard Self.hexadecimal(digest) == file.sha256 else {
            throw damaged(file, "the weights file \(file.name) is damaged: its SHA-256 is not the published one")
        }
    }

    private func damaged(_ file: PublishedFile, _ message: String) -> DeepFaceError {
        let path = url(of: file).path
        return DeepFaceError(
            .weightsDamaged, message, input: path,
            advice: "delete it and run: deepface models pull \(Self.owner(of: file))")
    }

    /// The first model or detector that needs `file`.
    private static func owner(of file: PublishedFile) -> String {
        WeightCatalog.all.first { $0.files.contains(file) }?.name ?? file.name
    }

    /// Puts `content` in the folder under the name of `file`, after checking it; readers never see half of it.
    ///
    /// - Throws: `weightsDamaged` when `content` is not the published file, `unwritableOutput` when it cannot be written.
    public func install(_ content: Data, as file: PublishedFile) throws(DeepFaceError) {
        guard content.count == file.size, Self.sha256(content) == file.sha256 else {
            throw DeepFaceError(
                .weightsDamaged,
                "what \(file.source) holds for \(file.name) is not the published file (SHA-256 differs)",
                advice: "check the package source and try again")
        }
        do throws(DeepFaceError) {
            try AtomicFile.write(content, to: url(of: file))
        } catch {
            throw error.naming(url(of: file).path)
        }
    }

    /// 64 hexadecimal digits.
    static func sha256(_ content: some DataProtocol) -> String { hexadecimal(SHA256.hash(data: content)) }

    /// The same of a file; `nil` where it cannot be read.
    static func sha256(ofFile path: String) -> String? {
        var hash = SHA256()
        guard (try? RegularFile.read(path, chunk: { hash.update(bufferPointer: $0) })) != nil else { return nil }
        return hexadecimal(hash.finalize())
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
