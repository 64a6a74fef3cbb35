import DeepFace
import Foundation

/// Writes a file of faces. The file is there when it is whole: until then it has another name, which goes when the
/// writing is given up.
public final class FaceFileWriter {
    private let handle: FileHandle
    private let url: URL?
    private let part: URL?
    private let key: StoreKey?
    private let encoder = JSONEncoder()
    /// Lines that are not written yet.
    private var waiting = Data()
    private var isEncrypted = false
    private var faces = 0

    /// - Parameters:
    ///   - url: the file; `nil`: standard output.
    ///   - key: what the faces of encrypted collections are encrypted with.
    public init(_ url: URL?, key: StoreKey?) throws(DeepFaceError) {
        (self.url, self.key) = (url?.resolvingSymlinksInPath(), key)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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

    /// The faces that follow are this collection's.
    func begin(_ plan: CollectionPlan) throws(DeepFaceError) {
        isEncrypted = plan.isEncrypted
        var head = FaceFileLine.Head(
            name: plan.name, recipe: plan.recipe, dimensions: plan.dimensions, encrypted: plan.isEncrypted)
        if isEncrypted { head.keyCheck = try sealed(Data(), FaceFileLine.Head.keyCheckPlace) }
        try write(FaceFileLine(collection: head))
    }

    func write(_ face: NewFace) throws(DeepFaceError) {
        var line = FaceFileLine.Face(
            person: face.person, image: face.image, hash: face.hash, facialArea: face.facialArea,
            faceConfidence: face.faceConfidence, created: (face.created ?? Date()).timeIntervalSince1970,
            embedding: VectorBytes.data(face.vector), photo: face.photo)
        line.embedding = try sealed(line.embedding, line.place("embedding"))
        if let photo = line.photo { line.photo = try sealed(photo, line.place("photo")) }
        try write(FaceFileLine(face: line))
        faces += 1
    }

    /// The file is whole now.
    func end() throws(DeepFaceError) {
        try write(FaceFileLine(end: .init(faces: faces)))
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

    private func sealed(_ content: Data, _ place: String) throws(DeepFaceError) -> Data {
        guard isEncrypted else { return content }
        guard let key else {
            throw DeepFaceError(
                .invalidOption, "an encrypted collection cannot be written without a key",
                advice: "give it with --key-file or in DEEPFACE_STORE_KEY")
        }
        return try key.seal(content, at: place)
    }

    private func write(_ line: FaceFileLine) throws(DeepFaceError) {
        do {
            waiting += try encoder.encode(line)
        } catch {
            throw DeepFaceError(.engine, "a face cannot be written as JSON: \(error)")
        }
        waiting.append(UInt8(ascii: "\n"))
        if waiting.count >= 1 << 20 { try flush() }
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
