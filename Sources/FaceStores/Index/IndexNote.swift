import DeepFace
import Foundation
import VectorIndex

/// What is known of a collection's index on the disk, in a small file of its own. Whoever changes the index writes it
/// under a new name and then this note, whole: a reader sees the old index or the new one.
struct IndexNote: Codable, Equatable {
    /// Raise when an older program's index must not be used.
    var version = Self.current
    var collection: UUID
    var metric: VectorMetric
    var role: IndexRole
    var kind: IndexKind
    /// Name of the index's file or folder, beside this note.
    var file: String
    /// The last sample that was looked at.
    var through: Int64
    /// The last removal that was followed.
    var removal: Int64
    /// The share of exact neighbours asked for.
    var recall: Double
    var created: Date

    static let current = 1

    /// The note at `url`; `nil` when there is none, or none that this program can use.
    static func read(_ url: URL) -> IndexNote? {
        guard let data = try? Data(contentsOf: url),
            let note = try? JSONDecoder().decode(IndexNote.self, from: data),
            note.version == current, !note.file.contains("/")
        else { return nil }
        return note
    }

    func write(to url: URL) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        guard let data = try? encoder.encode(self) else {
            throw DeepFaceError(.engine, "an index's note cannot be written")
        }
        try AtomicFile.write(data, to: url)
    }
}

/// What an index of a collection is for. A collection may have one of each for each way to compare.
enum IndexRole: String, Codable, Sendable, CaseIterable {
    /// Finds the true neighbours. Made and kept by itself.
    case exact
    /// Finds nearly all of them, in less time. Made when asked for.
    case approximate
}
