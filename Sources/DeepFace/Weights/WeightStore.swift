import Crypto
import Foundation

/// The folder of weights: `<home>/.deepface/weights`, the same that Python DeepFace fills.
public struct WeightStore: Sendable {
    /// The folder that `.deepface` is in.
    public let home: URL

    /// Whether files must be the published ones, by size and SHA-256.
    public let checksDigests: Bool

    /// - Parameters:
    ///   - home: default: the environment's `DEEPFACE_HOME`, else the user's home folder.
    ///   - checksDigests: whether files must be the published ones. Default: true.
    public init(home: URL? = nil, checksDigests: Bool = true) {
        self.home = home ?? Self.defaultHome
        self.checksDigests = checksDigests
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

    /// What is known of files read before.
    var memo: DigestMemo { DigestMemo(folder: compiledFolder.appending(path: "digests")) }

    public func url(of file: PublishedFile) -> URL {
        if case .own(let path) = file.source { return URL(fileURLWithPath: path) }
        return folder.appending(path: file.name)
    }

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
        if size == 0 { return .damaged("it is empty") }
        guard checksDigests, let expected = file.size, size != expected else { return .present }
        return .damaged("it has \(size) bytes, and the published one \(expected)")
    }

    /// Whether `file` is there and whole, by its SHA-256 where that is known. Reads all of it.
    public func check(_ file: PublishedFile) -> State {
        do throws(DeepFaceError) {
            _ = try digest(of: file, WeightStore.sha256(ofFile:))
            return .present
        } catch {
            return error.code == .weightsMissing ? .missing : .damaged(error.message)
        }
    }

    /// The SHA-256 of `file`, which is the published one where that is known. A file that has not changed since it was
    /// last read is not read again.
    ///
    /// - Throws: `weightsMissing` or `weightsDamaged`, naming the file and what to do.
    func digest(of file: PublishedFile) throws(DeepFaceError) -> String { try digest(of: file, memo.sha256(ofFile:)) }

    /// Makes sure that `file` is there and whole.
    ///
    /// - Throws: as `digest(of:)`.
    package func demand(_ file: PublishedFile) throws(DeepFaceError) { _ = try digest(of: file) }

    /// The content of `file`, checked against its SHA-256.
    ///
    /// - Throws: as `digest(of:)`.
    func bytes(of file: PublishedFile) throws(DeepFaceError) -> Data {
        var content = Data()
        _ = try digest(of: file) { (path: String) throws(RegularFile.Problem) -> String in
            content = Data(try RegularFile.bytes(of: path))
            return Self.sha256(content)
        }
        return content
    }

    private func digest(
        of file: PublishedFile, _ digest: (String) throws(RegularFile.Problem) -> String
    ) throws(DeepFaceError) -> String {
        let path = url(of: file).path
        if case .damaged(let reason) = glance(at: file) {
            let other = RegularFile.size(of: path).map { $0 > 0 } ?? false
            throw damaged(file, "the weights file \(file.name) is damaged: \(reason)", other: other)
        }
        let found: String
        do throws(RegularFile.Problem) {
            found = try digest(path)
        } catch {
            if case .missing = error {
                throw DeepFaceError(
                    .weightsMissing, "the weights file \(file.name) is missing", input: path,
                    advice: advice(file, "run"))
            }
            throw damaged(file, "the weights file \(file.name) is damaged: \(error)")
        }
        guard !checksDigests || file.sha256 == nil || found == file.sha256 else {
            throw damaged(
                file, "the weights file \(file.name) is damaged: its SHA-256 is not the published one", other: true)
        }
        return found
    }

    /// - Parameter other: whether it may be a file of the user's own making.
    private func damaged(_ file: PublishedFile, _ message: String, other: Bool = false) -> DeepFaceError {
        let own = other ? ", or use it as it is with --any-weights" : ""
        return DeepFaceError(
            .weightsDamaged, message, input: url(of: file).path,
            advice: advice(file, "delete it and run").map { $0 + own })
    }

    private func advice(_ file: PublishedFile, _ action: String) -> String? {
        switch file.source {
        case .own: return nil
        case .export(let address, let command):
            return "fetch \(address), run: \(command), and put \(file.name) into that folder"
        default: break
        }
        return "\(action): deepface models pull \(Self.owner(of: file))"
    }

    /// The first model or detector that needs `file`.
    private static func owner(of file: PublishedFile) -> String {
        WeightCatalog.all.first { $0.files.contains(file) }?.name ?? file.name
    }

    /// Puts `content` in the folder under the name of `file`, after checking it; readers never see half of it.
    ///
    /// - Throws: `weightsDamaged` when `content` is not the published file, `unwritableOutput` when it cannot be
    /// written.
    public func install(_ content: Data, as file: PublishedFile) throws(DeepFaceError) {
        guard content.count == file.size ?? content.count, Self.sha256(content) == file.sha256 ?? Self.sha256(content)
        else {
            throw DeepFaceError(
                .weightsDamaged,
                "what \(file.source) holds for \(file.name) is not the published file (SHA-256 differs)",
                advice: "check the package source and try again")
        }
        keepOther(file)
        do throws(DeepFaceError) {
            try AtomicFile.write(content, to: url(of: file))
        } catch {
            throw error.naming(url(of: file).path)
        }
    }

    /// What lies in the place of `file` may be of the user's own making: it becomes `<name>.bak`.
    private func keepOther(_ file: PublishedFile) {
        let place = url(of: file).resolvingSymlinksInPath().path
        if RegularFile.size(of: place) ?? 0 > 0 { _ = rename(place, place + ".bak") }
    }

    /// Moves a file that lies in the folder under another name to that of `file`, after checking it.
    ///
    /// - Throws: `weightsDamaged` when it is not the published file, `unwritableOutput` when it cannot be moved.
    package func adopt(_ part: URL, as file: PublishedFile) throws(DeepFaceError) {
        let size = RegularFile.size(of: part.path)
        guard let digest = try? Self.sha256(ofFile: part.path), size == file.size ?? size,
            digest == file.sha256 ?? digest
        else {
            throw DeepFaceError(
                .weightsDamaged, "what came for \(file.name) is not the published file (SHA-256 differs)",
                input: "\(file.source)", advice: "try again later, or put the right file at \(url(of: file).path)")
        }
        keepOther(file)
        // A link stays a link.
        guard rename(part.path, url(of: file).resolvingSymlinksInPath().path) == 0 else {
            throw DeepFaceError(
                .unwritableOutput, "cannot be written: \(String(cString: strerror(errno)))",
                input: url(of: file).path, advice: "check the folder's permissions")
        }
    }

    /// 64 hexadecimal digits.
    package static func sha256(_ content: some DataProtocol) -> String { hexadecimal(SHA256.hash(data: content)) }

    /// The same of a file.
    static func sha256(ofFile path: String) throws(RegularFile.Problem) -> String {
        var hash = SHA256()
        try RegularFile.read(path, chunk: { hash.update(bufferPointer: $0) })
        return hexadecimal(hash.finalize())
    }

    static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
