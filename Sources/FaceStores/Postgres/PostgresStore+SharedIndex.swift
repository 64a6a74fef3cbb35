import DeepFace
import Foundation
import VectorIndex

extension PostgresStore: SharedIndexStore {
    /// Python DeepFace looks up one index for a model, detector, alignment and normalization, by euclidean distance
    /// whatever the metric, of all faces with these: those of other collections of ours among them.
    public func shareIndex(of collection: FaceCollection) async throws(DeepFaceError) {
        var index = try translated { () throws(VectorIndexError) in
            try FaissIndex(dimensions: collection.dimensions, metric: .euclidean)
        }
        let t = Self.prefix
        var last: Int64 = .min
        while true {
            let after = last
            let vectors = try await database.read { connection in
                try connection.execute(
                    """
                    SELECT e.id, embedding FROM \(t)_samples s JOIN embeddings e ON e.id = s.id
                    WHERE s.collection_id IN (
                        SELECT o.id FROM \(t)_collections c JOIN \(t)_collections o
                            ON (c.model_name, c.detector_backend, c.aligned, c.l2_normalized, c.dimensions)
                            = (o.model_name, o.detector_backend, o.aligned, o.l2_normalized, o.dimensions)
                        WHERE c.id = $1
                    ) AND e.id > $2 ORDER BY e.id LIMIT 20000
                    """, [.int(collection.id), .int(after)]
                ).map { StoredVector(id: try $0.int(0), vector: try $0.doubles(1)) }
            }
            guard let final = vectors.last else { break }
            last = final.id
            let batch = VectorBatch(dimensions: collection.dimensions, values: vectors.flatMap(\.vector))
            try translated { () throws(VectorIndexError) in try index.add(batch, ids: vectors.map(\.id)) }
        }
        let bytes = try translated { () throws(VectorIndexError) in try index.faissBytes() }
        // A field's limit is a gigabyte.
        guard bytes.count < 1_000_000_000 else {
            throw DeepFaceError(
                .invalidOption, "an index of \(index.count) faces is too large for a field of the database",
                input: collection.name, advice: "choose --index ivf: Python DeepFace will not see it")
        }
        try await database.write { connection in
            _ = try connection.execute(
                """
                INSERT INTO embeddings_index (model_name, detector_backend, align, l2_normalized, index_data)
                SELECT model_name, detector_backend, aligned, l2_normalized, $2 FROM \(t)_collections WHERE id = $1
                ON CONFLICT (model_name, detector_backend, align, l2_normalized)
                DO UPDATE SET index_data = excluded.index_data, updated_at = now()
                """, [.int(collection.id), .bytes(bytes)])
        }
    }
}
