import DeepFace
import Foundation
import VectorIndex

/// The files of one collection's index: a note, and the index that it names.
struct IndexFiles: Sendable {
    let folder: URL
    let collection: FaceCollection
    let metric: VectorMetric
    let role: IndexRole

    /// What all their names begin with.
    private var stem: String {
        "\(collection.identifier.uuidString.lowercased())-\(metric.rawValue)-\(role.rawValue)"
    }
    private var noteFile: URL { folder.appending(path: "\(stem).json") }

    func note() -> IndexNote? {
        let note = IndexNote.read(noteFile)
        guard let note, note.collection == collection.identifier, note.metric == metric, note.role == role else {
            return nil
        }
        return note
    }

    /// What is written; `nil` when there is nothing, or nothing whole: then it is made anew from the store.
    func open() throws(DeepFaceError) -> (IndexNote, any VectorIndex)? {
        // Another process may put a new index in place between the reading of the note and of the index.
        for _ in 0..<3 {
            guard let note = note() else { return nil }
            do throws(VectorIndexError) {
                let index = try IndexRegistry.open(note.kind, folder.appending(path: note.file))
                guard index.dimensions == collection.dimensions, index.metric == metric else { return nil }
                return (note, index)
            } catch {
                if self.note() == note { return nil }
            }
        }
        return nil
    }

    /// Makes the folder that only its owner can look into.
    func makeFolder() throws(DeepFaceError) {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DeepFaceError(
                .unwritableOutput, "cannot be made: \(error.localizedDescription)", input: folder.path,
                advice: "check the folder's permissions")
        }
    }

    /// Has an index written beside the one that is there, then takes that away.
    ///
    /// - Parameter body: writes the index to the place it is given, and opens it there.
    func write(
        _ kind: IndexKind, through: Int64, removal: Int64, recall: Double,
        _ body: (URL) throws(DeepFaceError) -> any VectorIndex
    ) throws(DeepFaceError) -> any VectorIndex {
        let lock = try FileLock(folder.appending(path: "\(stem).lock"))
        defer { extendLifetime(lock) }
        // What killed processes left.
        remove { $0.hasPrefix("\(stem)-") && $0 != note()?.file }
        let file = "\(stem)-\(UUID().uuidString.prefix(8).lowercased()).\(kind.rawValue)"
        let url = folder.appending(path: file)
        do throws(DeepFaceError) {
            let index = try body(url)
            try IndexNote(
                collection: collection.identifier, metric: metric, role: role, kind: kind, file: file,
                through: through, removal: removal, recall: recall, created: Date()
            ).write(to: noteFile)
            remove { $0.hasPrefix("\(stem)-") && !$0.hasPrefix(file) }
            return index
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw error
        }
    }

    private func remove(_ isGone: (String) -> Bool) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] where isGone(name) {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    /// Takes all files of a collection's indexes away.
    static func remove(_ folder: URL, _ collection: FaceCollection) {
        let files = IndexFiles(folder: folder, collection: collection, metric: .cosine, role: .exact)
        files.remove { $0.hasPrefix(collection.identifier.uuidString.lowercased()) }
    }
}
