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

    /// Writes an index beside the one that is there, then takes that away.
    func save(
        _ index: any VectorIndex, through: Int64, removal: Int64, choice: IndexChoice
    ) throws(DeepFaceError) {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DeepFaceError(
                .unwritableOutput, "cannot be made: \(error.localizedDescription)", input: folder.path,
                advice: "check the folder's permissions")
        }
        let kind = type(of: index).kind
        let lock = try FileLock(folder.appending(path: "\(stem).lock"))
        defer { extendLifetime(lock) }
        let file = "\(stem)-\(UUID().uuidString.prefix(8).lowercased()).\(kind.rawValue)"
        let url = folder.appending(path: file)
        do throws(DeepFaceError) {
            try translated { () throws(VectorIndexError) in try index.save(to: url) }
            try IndexNote(
                collection: collection.identifier, metric: metric, role: role, kind: kind, file: file,
                through: through, removal: removal, recall: choice.recall, created: Date()
            ).write(to: noteFile)
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw error
        }
        // What earlier notes named, and what killed processes left.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix("\(stem)-") && !name.hasPrefix(file) {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }

    /// Takes all files of a collection's indexes away.
    static func remove(_ folder: URL, _ collection: FaceCollection) {
        let prefix = collection.identifier.uuidString.lowercased()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        where name.hasPrefix(prefix) {
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
    }
}

/// Keeps other processes from writing the same files; the kernel lets go of it when the process ends, however it ends.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    init(_ url: URL) throws(DeepFaceError) {
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw DeepFaceError(
                .unwritableOutput, "cannot be locked: \(String(cString: strerror(errno)))", input: url.path)
        }
    }

    deinit { close(descriptor) }
}
