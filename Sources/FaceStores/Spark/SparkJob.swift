import DeepFace

/// A match as statements of Spark SQL. They read the collections' files in the folder `spark.deepface.folder` and write
/// `matches.parquet` there, a row for each match, and `matches.json`, a row for each face.
///
/// Every pair's distance is computed: first as a sum that tells whether it can be among the nearest at all, and where it can
/// be, exactly. The k-th nearest among a sample of the gallery tells how near that is. Faces that are looked for go to
/// the workers in slices, so that neither these nor the gallery need fit into memory.
struct SparkJob {
    let match: CollectionMatch
    /// Faces of each collection.
    let probes, gallery: Int
    /// Bytes of vectors that every worker holds at a time.
    let heldBytes: Int

    static let folder = "${spark.deepface.folder}"
    static let probeFile = "probes.parquet"
    static let galleryFile = "gallery.parquet"
    static let statements = "match.sql"
    static let matches = "matches.parquet"
    static let rows = "matches.json"

    private var dimensions: Int { match.probes.collection.dimensions }
    private var distance: SparkDistance { SparkDistance(metric: match.metric, dimensions: dimensions) }

    /// Whether workers hold the gallery instead of the faces that are looked for.
    private var holdsGallery: Bool { gallery < probes && gallery * 8 * dimensions <= heldBytes }

    private var slices: Int { holdsGallery ? 1 : max(1, probes * 8 * dimensions / heldBytes) }

    /// One of so many faces of the gallery is in the sample; `nil`: there is none, all are looked at exactly.
    private var sampling: Int? {
        let sampling = gallery / Int((4 * Double(gallery) * Double(match.limit)).squareRoot() + 1)
        return sampling > 1 ? sampling : nil
    }

    /// What a file of the statements holds.
    var text: String {
        let statements = settings + faces + (0..<slices).flatMap(find) + give
        return statements.map { $0 + ";\n" }.joined()
    }

    private var settings: [String] {
        [
            "SET spark.sql.ansi.enabled=true",
            // Generated code for rows of many columns, and a file shared by all workers.
            "SET spark.sql.codegen.maxFields=\(4 * dimensions + 100)",
            "SET spark.sql.files.openCostInBytes=65536",
        ]
    }

    private var faces: [String] {
        let galleryFile = match.isWithItself ? Self.probeFile : Self.galleryFile
        return [("probe_faces", Self.probeFile), ("gallery_faces", galleryFile)].map { name, file in
            """
            CREATE TEMPORARY VIEW \(name) (id BIGINT, person STRING, img_name STRING, embedding ARRAY<FLOAT>)
            USING parquet OPTIONS (path '\(Self.folder)/\(file)')
            """
        }
            + [("probes", "probe_faces"), ("gallery", "gallery_faces")].map { name, faces in
                "CREATE TEMPORARY VIEW \(name) AS \(distance.columns(of: faces))"
            }
    }

    private func find(_ slice: Int) -> [String] {
        let held = holdsGallery ? "g" : "p"
        let itself = match.isWithItself ? " AND p.id <> g.id" : ""
        let within = match.distance.map { "\($0)D" }
        var statements = [
            """
            CREATE OR REPLACE TEMPORARY VIEW slice AS SELECT * FROM probes WHERE pmod(id, \(slices)) = \(slice)
            """
        ]
        if let sampling {
            statements.append(
                """
                CREATE OR REPLACE TEMPORARY VIEW bounds AS SELECT probe, max(distance) AS bound FROM (
                    SELECT probe, distance, row_number() OVER (PARTITION BY probe ORDER BY distance) AS rank FROM (
                        SELECT /*+ BROADCAST(g) */ p.id AS probe, \(distance.exact) AS distance
                        FROM slice p JOIN (SELECT * FROM gallery WHERE pmod(xxhash64(id), \(sampling)) = 0) g
                        ON true\(itself)))
                WHERE rank <= \(match.limit) GROUP BY probe HAVING count(*) = \(match.limit)
                """)
        } else {
            statements.append(
                "CREATE OR REPLACE TEMPORARY VIEW bounds AS SELECT id AS probe, 1e150D AS bound FROM slice WHERE false")
        }
        return statements + [
            // Distances are rounded: a millionth more.
            """
            CREATE OR REPLACE TEMPORARY VIEW bounded AS SELECT *, \(distance.least) AS least FROM (
                SELECT p.*, least(coalesce(b.bound, 1e150D), \(within ?? "1e150D")) + 1e-6D AS bound
                FROM slice p LEFT JOIN bounds b ON b.probe = p.id)
            """,
            """
            CREATE OR REPLACE TEMPORARY VIEW pairs AS
            SELECT /*+ BROADCAST(\(held)) */ p.id AS probe, g.id AS id, \(distance.exact) AS distance
            FROM bounded p JOIN gallery g ON \(distance.mayBeNear)\(itself)
            """,
            """
            CREATE OR REPLACE TEMPORARY VIEW nearest AS SELECT * FROM (
                SELECT *, row_number() OVER (PARTITION BY probe ORDER BY distance, id) AS rank FROM pairs)
            WHERE rank <= \(match.limit)\(within.map { " AND distance <= \($0)" } ?? "")
            """,
            """
            INSERT OVERWRITE DIRECTORY '\(Self.folder)/\(Self.matches)/slice=\(slice)' USING parquet
            SELECT n.probe AS probe_id, p.person AS probe_person, p.img_name AS probe_img_name, n.rank, n.id, g.person,
                g.img_name, n.distance
            FROM nearest n JOIN probe_faces p ON p.id = n.probe JOIN gallery_faces g ON g.id = n.id
            """,
        ]
    }

    private var give: [String] {
        [
            """
            CREATE TEMPORARY VIEW matches (probe_id BIGINT, rank INT, id BIGINT, person STRING, img_name STRING,
                distance DOUBLE)
            USING parquet OPTIONS (path '\(Self.folder)/\(Self.matches)')
            """,
            """
            INSERT OVERWRITE DIRECTORY '\(Self.folder)/\(Self.rows)' USING json
            SELECT f.id, f.person, f.img_name, m.matches FROM probe_faces f LEFT JOIN (
                SELECT probe_id, sort_array(collect_list(struct(rank, id, person, img_name, distance))) AS matches
                FROM matches GROUP BY probe_id) m ON m.probe_id = f.id
            ORDER BY f.id
            """,
        ]
    }
}
