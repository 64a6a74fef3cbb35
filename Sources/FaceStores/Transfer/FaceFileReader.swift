import DeepFace
import Foundation

/// Reads a file of faces, line by line.
public final class FaceFileReader {
    /// What a line tells.
    enum Item {
        /// The faces that follow are of this collection.
        case collection(CollectionPlan)
        case face(NewFace)
    }

    private var lines: LineReader
    private let name: String
    private let key: StoreKey?
    private let decoder = JSONDecoder()
    private var collection: CollectionPlan?
    private var faces = 0

    /// - Parameters:
    ///   - url: the file; `nil`: standard input.
    ///   - key: what encrypted collections were encrypted with.
    /// - Throws: `unreadableInput`.
    public init(_ url: URL?, key: StoreKey?) throws(DeepFaceError) {
        (name, self.key) = (url?.path ?? "-", key)
        var handle = FileHandle.standardInput
        if let url {
            do {
                handle = try FileHandle(forReadingFrom: url)
            } catch {
                throw DeepFaceError(.unreadableInput, "cannot be opened: \(error.localizedDescription)", input: name)
            }
        }
        lines = LineReader(handle: handle, name: name)
    }

    /// `nil` after the last.
    ///
    /// - Throws: `unreadableInput`, also when the file ends too early; `storeUnavailable` when the key is missing or
    ///   another one.
    func next() throws(DeepFaceError) -> Item? {
        guard let text = try lines.next() else { throw unreadable("ends too early: its last line is missing") }
        let line: FaceFileLine
        do {
            line = try decoder.decode(FaceFileLine.self, from: text)
        } catch {
            throw unreadable("is no file of faces, or damaged")
        }
        if let head = line.collection { return .collection(try begin(head)) }
        if let face = line.face, let collection { return .face(try newFace(face, collection)) }
        guard let end = line.end else { throw unreadable("is no file of faces, or damaged") }
        guard end.faces == faces else { throw unreadable("has \(faces) faces, not \(end.faces)") }
        return nil
    }

    private func begin(_ head: FaceFileLine.Head) throws(DeepFaceError) -> CollectionPlan {
        guard head.version == FaceFileLine.Head.current else {
            throw unreadable("is of version \(head.version), which only a newer program reads")
        }
        guard head.dimensions > 0, !head.name.isEmpty else { throw unreadable("is damaged") }
        if head.encrypted {
            guard let key else {
                throw DeepFaceError(
                    .storeUnavailable, "the collection \(head.name) is encrypted, and there is no key", input: name,
                    advice: "give it with --key-file or in DEEPFACE_STORE_KEY")
            }
            do throws(DeepFaceError) {
                _ = try key.open(head.keyCheck ?? Data(), at: FaceFileLine.Head.keyCheckPlace)
            } catch {
                throw DeepFaceError(
                    .storeUnavailable, "the collection \(head.name) is encrypted with another key", input: name)
            }
        }
        let plan = CollectionPlan(
            name: head.name, recipe: head.recipe, dimensions: head.dimensions, isEncrypted: head.encrypted)
        collection = plan
        return plan
    }

    private func newFace(
        _ face: FaceFileLine.Face, _ collection: CollectionPlan
    ) throws(DeepFaceError) -> NewFace {
        faces += 1
        var (embedding, photo) = (face.embedding, face.photo)
        if collection.isEncrypted, let key {
            embedding = try key.open(embedding, at: face.place("embedding"))
            if let sealed = photo { photo = try key.open(sealed, at: face.place("photo")) }
        }
        guard let vector = VectorBytes.vector(embedding, dimensions: collection.dimensions) else {
            throw unreadable("has an embedding of other than \(collection.dimensions) numbers")
        }
        return NewFace(
            person: face.person, image: face.image, hash: face.hash, facialArea: face.facialArea,
            faceConfidence: face.faceConfidence, vector: vector, photo: photo,
            created: Date(timeIntervalSince1970: face.created), attributes: face.attributes)
    }

    private func unreadable(_ what: String) -> DeepFaceError {
        DeepFaceError(
            .unreadableInput, "\(what) (line \(lines.number))", input: name,
            advice: "make it anew with: deepface export")
    }
}

/// The lines of a file, without holding more of it than a line.
struct LineReader {
    private let handle: FileHandle
    private let name: String
    private var waiting = Data()
    /// Where the search for the line's end goes on.
    private var looked = 0
    /// The number of the line that was read last, from 1.
    private(set) var number = 0

    /// A line with a photo of the largest size that is read anywhere, and room.
    private static let longest = 128 << 20

    init(handle: FileHandle, name: String) { (self.handle, self.name) = (handle, name) }

    /// `nil` at the end. What follows the last line's end counts as a line too.
    mutating func next() throws(DeepFaceError) -> Data? {
        number += 1
        while true {
            let unseen = waiting[(waiting.startIndex + looked)...]
            if let end = unseen.firstIndex(of: UInt8(ascii: "\n")) {
                let line = waiting[..<end]
                waiting = waiting[(end + 1)...]
                looked = 0
                return Data(line)
            }
            looked = waiting.count
            guard looked <= Self.longest else {
                throw DeepFaceError(.unreadableInput, "has a line of over 128 MB (line \(number))", input: name)
            }
            let more: Data?
            do {
                more = try handle.read(upToCount: 1 << 20)
            } catch {
                throw DeepFaceError(.unreadableInput, "cannot be read: \(error.localizedDescription)", input: name)
            }
            guard let more, !more.isEmpty else {
                defer { (waiting, looked) = (Data(), 0) }
                return waiting.isEmpty ? nil : Data(waiting)
            }
            // A copy, so that what was read before is let go.
            waiting = Data(waiting) + more
        }
    }
}
