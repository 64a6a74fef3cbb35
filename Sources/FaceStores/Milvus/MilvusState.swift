import DeepFace
import Foundation
import VectorIndex

/// What a store in Milvus knows of a collection: one row of its own, and all that others see goes by it.
///
/// Milvus changes one row as a whole, but never two. So rows are written first, with ids beyond the marks here, where
/// nobody looks; then this row is replaced, and all of them are there at once. What a stopped writer left beyond the
/// marks is taken away by the next one.
struct MilvusState: Codable, Sendable {
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
    var facesThatLeave: String {
        var parts: [String] = []
        if !leaving.isEmpty { parts.append(MilvusTable.isAmong("person", leaving)) }
        if let leavingFaces, !leavingFaces.isEmpty { parts.append(MilvusTable.isAmong("id", leavingFaces)) }
        return parts.joined(separator: " or ")
    }

    /// What is true of the faces that stay, behind another condition; empty where that is all of them.
    var andStays: String {
        var words = leaving.isEmpty ? "" : " and person not in [\(leaving.map { "\($0)" }.joined(separator: ","))]"
        if let leavingFaces, !leavingFaces.isEmpty {
            words += " and id not in [\(leavingFaces.map { "\($0)" }.joined(separator: ","))]"
        }
        return words
    }

    /// What is true of the faces that count.
    var facesThatCount: String { "id <= \(face)\(andStays)" }
}

/// What a record is.
enum MilvusRecord: Int64 {
    /// `key`: digest of the name; `text`: the name.
    case person = 1
    /// `number`: the sample that was removed.
    case removal = 2
    /// `key`: digest of the photo's hash; `number`: which part; `text`: the part in base64.
    case photo = 3
}

/// What stands in a face's row but for its vector.
struct MilvusFace: Codable {
    var image, hash: String
    var area: FacialArea
    var confidence, created: Double
    /// The vector, encrypted, where the collection is.
    var vector: Data?
    var attributes: FaceAttributes?
}
