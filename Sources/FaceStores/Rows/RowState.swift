import Crypto
import DeepFace
import Foundation
import VectorIndex

/// What a store of rows knows of a collection: one row of its own, and all that others see goes by it.
///
/// Its server changes one row as a whole, but never two. So rows are written first, with ids beyond the marks here, where
/// nobody looks; then this row is replaced, and all of them are there at once. What a stopped writer left beyond the
/// marks is taken away by the next one.
struct RowState: Codable, Sendable {
    var identifier: UUID
    var name: String
    var recipe: EmbeddingRecipe
    var dimensions: Int
    /// Nothing, encrypted: tells whether a key is the right one.
    var keyCheck: Data?
    var created: Double
    /// Goes up with every change: a second writer is noticed by it.
    var revision = 0
    /// The last ids that count, of faces and of records.
    var face: Int64 = 0
    var record: Int64 = 0
    var faces = 0
    var people = 0
    /// Goes up when the table of faces is made anew, which then has it behind its name; `nil`: it is the first one.
    var edition: Int?
    /// Whether somebody is writing rows beyond the marks, or was stopped while doing so.
    var isWriting = false
    /// People who are being deleted: nobody sees them any more.
    var leaving: [Int64] = []
    /// Faces that are being deleted besides theirs.
    var leavingFaces: [Int64]?
    /// Whether what they leave is written down among the removals.
    var leavingIsNoted = false
    var index = IndexKind.flat
    var metric: VectorMetric
    var recall = 1.0
    /// How far the index looks to find that share: `ef` of HNSW, `nprobe` of IVF.
    var effort = 0

    var isEncrypted: Bool { keyCheck != nil }

    func collection(_ id: Int64) -> FaceCollection {
        FaceCollection(
            id: id, identifier: identifier, name: name, recipe: recipe, dimensions: dimensions,
            isEncrypted: isEncrypted, created: Date(timeIntervalSince1970: created))
    }

    var isLeaving: Bool { !leaving.isEmpty || leavingFaces?.isEmpty == false }

    /// Whether a face of a person's is there for others.
    func counts(_ id: Int64, of person: Int64) -> Bool {
        id <= face && !leaving.contains(person) && !(leavingFaces?.contains(id) ?? false)
    }

    /// What is true of the faces that are being deleted, while there are any.
    var facesThatLeave: RowCondition {
        var parts: [RowCondition] = []
        if !leaving.isEmpty { parts.append(.among("person", leaving)) }
        if let leavingFaces, !leavingFaces.isEmpty { parts.append(.among("id", leavingFaces)) }
        return .any(parts)
    }

    /// What is true of the faces that stay, besides other conditions; empty where that is all of them.
    var stays: [RowCondition] {
        var parts: [RowCondition] = []
        if !leaving.isEmpty { parts.append(.otherNumbers("person", leaving)) }
        if let leavingFaces, !leavingFaces.isEmpty { parts.append(.otherNumbers("id", leavingFaces)) }
        return parts
    }

    /// What is true of the faces that count.
    var facesThatCount: RowCondition { .all([.window(after: 0, through: face)] + stays) }

    /// Bytes of a text in a row: what Milvus takes.
    static let longestText = 65535
}

/// What a record is.
enum RowRecord: Int64 {
    /// `key`: digest of the name; `text`: the name.
    case person = 1
    /// `number`: the sample that was removed.
    case removal = 2
    /// `key`: digest of the photo's hash; `number`: which part; `text`: the part in base64.
    case photo = 3
}

/// What stands in a face's row but for its vector.
struct FaceDetails: Codable {
    var image, hash: String
    var area: FacialArea
    var confidence, created: Double
    /// The vector, encrypted, where the collection is.
    var vector: Data?
    var attributes: FaceAttributes?

    /// What its encrypted vector is bound to.
    func place(in collection: UUID) -> String {
        "vector \(hash) \(area.x) \(area.y) \(area.w) \(area.h) of collection \(collection.uuidString)"
    }

    static func place(ofPhoto hash: String, in collection: UUID) -> String {
        "photo \(hash) of collection \(collection.uuidString)"
    }
}

/// Texts of any length and any characters in conditions.
enum RowText {
    /// What stands for a text.
    static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(16).map { String(format: "%02x", $0) }.joined()
    }
}
