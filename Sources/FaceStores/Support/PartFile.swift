import DeepFace
import Foundation

/// A file that is there when it is whole: until then it has another name, which goes when the writing is given up.
final class PartFile {
    private let handle: FileHandle
    private let url: URL?
    private let part: URL?
    /// What is not written yet.
    private var waiting = Data()
    /// Bytes that it was given.
    private(set) var count = 0

    /// - Parameter url: the file; `nil`: standard output.
    init(_ url: URL?) throws(DeepFaceError) {
        self.url = url?.resolvingSymlinksInPath()
        guard let url = self.url else {
            (part, handle) = (nil, FileHandle.standardOutput)
            return
        }
        let part = url.appendingPathExtension("\(ProcessInfo.processInfo.processIdentifier).part")
        self.part = part
        let descriptor = open(part.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(url, String(cString: strerror(errno))) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    deinit {
        if let part { try? FileManager.default.removeItem(at: part) }
    }

    func write(_ bytes: Data) throws(DeepFaceError) {
        waiting += bytes
        count += bytes.count
        if waiting.count >= 1 << 20 { try flush() }
    }

    /// The file is whole now.
    func end() throws(DeepFaceError) {
        try flush()
        guard let url, let part else { return }
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Self.unwritable(url, error.localizedDescription)
        }
        guard rename(part.path, url.path) == 0 else { throw Self.unwritable(url, String(cString: strerror(errno))) }
    }

    private func flush() throws(DeepFaceError) {
        do {
            try handle.write(contentsOf: waiting)
        } catch {
            throw Self.unwritable(url, error.localizedDescription)
        }
        waiting.removeAll(keepingCapacity: true)
    }

    private static func unwritable(_ url: URL?, _ why: String) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "cannot be written: \(why)", input: url?.path ?? "standard output",
            advice: "check the folder's permissions and the free space")
    }
}
