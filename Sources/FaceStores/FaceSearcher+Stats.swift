import DeepFace
import Foundation
import VectorIndex

/// What is in a collection and its indexes.
public struct CollectionStats: Sendable, Encodable, Equatable {
    public let collection: String
    public let people, faces: Int
    public let model: String
    public let dimensions: Int
    public let encrypted: Bool
    public let indexes: [Index]

    /// An index that has files.
    public struct Index: Sendable, Encodable, Equatable {
        public let kind: IndexKind
        public let metric: VectorMetric
        /// Faces in it.
        public let vectors: Int
        /// On the disk.
        public let bytes: Int
        /// The share of true neighbours that was asked for; 1 for an exact index.
        public let recall: Double

        public init(kind: IndexKind, metric: VectorMetric, vectors: Int, bytes: Int, recall: Double) {
            (self.kind, self.metric, self.vectors, self.bytes, self.recall) = (kind, metric, vectors, bytes, recall)
        }
    }
}

extension FaceSearcher {
    /// What is in a collection and in the files of its indexes.
    public func stats(of collection: FaceCollection) async throws(DeepFaceError) -> CollectionStats {
        var indexes: [CollectionStats.Index] = []
        if let own = store as? any NeighborStore { indexes = try await own.indexes(of: collection) }
        for metric in VectorMetric.allCases {
            for role in IndexRole.allCases {
                guard let files = files(of: collection, metric, role), let (note, index) = try files.open() else {
                    continue
                }
                indexes.append(
                    .init(
                        kind: note.kind, metric: metric, vectors: index.count, bytes: files.bytes(note),
                        recall: role == .exact ? 1 : note.recall))
            }
        }
        return CollectionStats(
            collection: collection.name, people: try await store.peopleCount(of: collection),
            faces: try await store.sampleCount(of: collection), model: collection.recipe.model,
            dimensions: collection.dimensions, encrypted: collection.isEncrypted, indexes: indexes)
    }

    /// What is wrong with the files of a collection's indexes, a line each. Reads all of them.
    public func problems(of collection: FaceCollection) async throws(DeepFaceError) -> [String] {
        var problems: [String] = []
        for metric in VectorMetric.allCases {
            for role in IndexRole.allCases {
                guard let files = files(of: collection, metric, role), let note = files.note() else { continue }
                do throws(VectorIndexError) {
                    try IndexRegistry.verify(note.kind, files.folder.appending(path: note.file))
                } catch {
                    problems.append("the \(role.rawValue) index for \(metric.rawValue) is damaged: \(error)")
                    continue
                }
                // Every face finds itself: the index holds what the store holds.
                let index = try await index(of: collection, metric, role).current()
                let faces = try await store.sampleCount(of: collection)
                if index.count != faces {
                    problems.append(
                        "the \(role.rawValue) index for \(metric.rawValue) has \(index.count) faces, the store \(faces)"
                    )
                }
            }
        }
        return problems
    }

    private func files(of collection: FaceCollection, _ metric: VectorMetric, _ role: IndexRole) -> IndexFiles? {
        store.indexFolder.map { IndexFiles(folder: $0, collection: collection, metric: metric, role: role) }
    }
}

extension IndexFiles {
    /// Bytes of the index on the disk.
    fileprivate func bytes(_ note: IndexNote) -> Int {
        let url = folder.appending(path: note.file)
        let keys: Set<URLResourceKey> = [.fileSizeKey]
        func size(_ url: URL) -> Int { (try? url.resourceValues(forKeys: keys).fileSize) ?? 0 }
        guard let inside = FileManager.default.enumerator(at: url, includingPropertiesForKeys: Array(keys)) else {
            return size(url)
        }
        let files = inside.reduce(0) { sum, file in sum + ((file as? URL).map(size) ?? 0) }
        return files == 0 ? size(url) : files
    }
}
