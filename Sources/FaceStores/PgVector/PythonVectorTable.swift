import DeepFace
import Foundation

/// A table that Python DeepFace keeps faces in when it uses pgvector: one for each model, detector, alignment and
/// normalization, as its name tells. It is read only.
public struct PythonVectorTable: Sendable {
    /// As `embeddings_facenet_opencv_aligned_raw`.
    public let name: String
    /// How its faces were embedded; what the table does not tell is as Python has it by default.
    public let recipe: EmbeddingRecipe
    public let dimensions: Int
    private let database: PostgresDatabase

    /// The tables of a database that have faces of models and detectors that are known here.
    ///
    /// - Parameter address: of the scheme `pgvector` or `postgres`.
    /// - Throws: `storeUnavailable`, `invalidOption`.
    public static func all(at address: StoreAddress) async throws(DeepFaceError) -> [PythonVectorTable] {
        let database = try PostgresDatabase(address)
        let tables = try await database.read { connection in
            let names = try connection.executeOnce(
                """
                SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relname ~ '^embeddings_.+_(aligned|unaligned)_(norm|raw)$' AND a.attname = 'embedding'
                    AND format_type(a.atttypid, NULL) ~ '(^|\\.)vector$' AND c.relkind IN ('r', 'p')
                    AND pg_table_is_visible(c.oid)
                ORDER BY 1
                """
            ).map { try $0.text(0) }
            return try names.compactMap { name in
                try connection.executeOnce(
                    """
                    SELECT model_name, detector_backend, coalesce(aligned, true), vector_dims(embedding)
                    FROM \(quoted(name)) LIMIT 1
                    """
                ).first.map {
                    (name, try $0.text(0), try $0.text(1), try $0.bool(2), Int(try $0.int(3)))
                }
            }
        }
        return tables.compactMap { name, model, detector, isAligned, dimensions in
            EmbeddingRecipe(python: model, detector: detector, isAligned: isAligned).map {
                PythonVectorTable(name: name, recipe: $0, dimensions: dimensions, database: database)
            }
        }
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    /// A face as Python wrote it.
    public struct Row: Sendable {
        public let id: Int64
        /// The name or path it was registered with.
        public let image: String
        /// Python's digest of the aligned face.
        public let faceHash: String
        public let vector: [Float]
    }

    /// Rows after `id`, by id, at most `limit`.
    public func rows(after id: Int64, limit: Int) async throws(DeepFaceError) -> [Row] {
        let name = name
        return try await database.read { connection in
            try connection.executeOnce(
                """
                SELECT id, img_name, face_hash, embedding FROM \(Self.quoted(name)) WHERE id > $1 ORDER BY id LIMIT $2
                """, [.int(id), .int(Int64(limit))]
            ).map {
                Row(id: try $0.int(0), image: try $0.text(1), faceHash: try $0.text(2), vector: try $0.vector(3))
            }
        }
    }
}

extension PythonVectorTable.Row {
    /// The face as one of ours: its person is the folder of the photo, or the photo's plain name.
    public var face: NewFace {
        let parts = image.split(separator: "/")
        let folder = parts.dropLast().last.map(String.init)
        let stem = URL(fileURLWithPath: image).deletingPathExtension().lastPathComponent
        let isNamed = folder != nil && folder != "." && folder != ".."
        return NewFace(
            person: isNamed ? folder ?? stem : stem, image: image, hash: "python \(faceHash)",
            facialArea: FacialArea(x: 0, y: 0, w: 0, h: 0), faceConfidence: 0, vector: vector)
    }
}
