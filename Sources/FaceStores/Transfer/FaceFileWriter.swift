import DeepFace
import Foundation

/// Writes a file of faces. The file is there when it is whole.
public final class FaceFileWriter {
    private let file: PartFile
    private let key: StoreKey?
    private let encoder = JSONEncoder()
    private var isEncrypted = false
    private var faces = 0

    /// - Parameters:
    ///   - url: the file; `nil`: standard output.
    ///   - key: what the faces of encrypted collections are encrypted with.
    public init(_ url: URL?, key: StoreKey?) throws(DeepFaceError) {
        file = try PartFile(url)
        self.key = key
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
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
            embedding: VectorBytes.data(face.vector), photo: face.photo, attributes: face.attributes)
        line.embedding = try sealed(line.embedding, line.place("embedding"))
        if let photo = line.photo { line.photo = try sealed(photo, line.place("photo")) }
        try write(FaceFileLine(face: line))
        faces += 1
    }

    /// The file is whole now.
    func end() throws(DeepFaceError) {
        try write(FaceFileLine(end: .init(faces: faces)))
        try file.end()
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
        var text: Data
        do {
            text = try encoder.encode(line)
        } catch {
            throw DeepFaceError(.engine, "a face cannot be written as JSON: \(error)")
        }
        text.append(UInt8(ascii: "\n"))
        try file.write(text)
    }
}
