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
            return FileManager.default.fileExists(atPath: url(of: file).path) ? .damaged("not a regular file") : .missing
        }
        return size == file.size ? .present : .damaged("it has \(size) bytes instead of \(file.size)")
    }

    /// Whether `file` is there and whole, by its SHA-256. Reads all of it.
    public func check(_ file: PublishedFile) -> State {
        do throws(DeepFaceError) {
            _ = try bytes(of: file)
            return .present
        } catch {
            return error.code == .weightsMissing ? .missing : .damaged(error.message)
        }
    }

    /// The content of `file`, checked against its SHA-256.
    ///
    /// - Throws: `weightsMissing` or `weightsDamaged`, naming the file and what to do.
    func bytes(of file: PublishedFile) throws(DeepFaceError) -> Data {
        let path = url(of: file).path
        let content: [UInt8]
        do throws(RegularFile.Problem) {
            content = try RegularFile.bytes(of: path)
        } catch {
            if case .missing = error {
                throw DeepFaceError(
                    .weightsMissing, "the weights file \(file.name) is missing", input: path,
                    advice: "run: deepface models pull \(Self.owner(of: file))")
            }
            throw damaged(file, "the weights file \(file.name) \(error)")
        }
        guard content.count == file.size else {
            throw damaged(
                file, "the weights file \(file.name) is damaged: \(content.count) bytes instead of \(file.size)")
        }
        guard Self.sha256(content) == file.sha256 else {
            throw damaged(file, "the weights file \(file.name) is damaged: its SHA-256 is not the published one")
        }
        return Data(content)
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
                .weightsDamaged, "what \(file.source) holds for \(file.name) is not the published file (SHA-256 differs)",
                advice: "check the package source and try again")
        }
        do throws(DeepFaceError) {
            try AtomicFile.write(content, to: url(of: file))
        } catch {
            throw error.naming(url(of: file).path)
        }
    }

    /// 64 hexadecimal digits.
    static func sha256(_ content: some DataProtocol) -> String {
        SHA256.hash(data: content).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
