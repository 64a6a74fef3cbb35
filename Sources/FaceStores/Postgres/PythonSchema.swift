/// Python DeepFace's tables, as it makes them, and what turns its rows into samples.
///
/// A trigger takes up each row that somebody else writes: its collection is made of the model, detector, alignment and
/// normalization the row tells, its person is the folder of the photo, or the photo's plain name. Rows without a usable
/// vector, or with another number of dimensions than their collection's, are left alone.
enum PythonSchema {
    static let tables = """
        CREATE TABLE IF NOT EXISTS embeddings (
            id BIGSERIAL PRIMARY KEY,
            img_name TEXT NOT NULL,
            face BYTEA NOT NULL,
            face_shape INT[] NOT NULL,
            model_name TEXT NOT NULL,
            detector_backend TEXT NOT NULL,
            aligned BOOLEAN DEFAULT true,
            l2_normalized BOOLEAN DEFAULT false,
            embedding FLOAT8[] NOT NULL,
            created_at TIMESTAMPTZ DEFAULT now(),
            face_hash TEXT NOT NULL,
            embedding_hash TEXT NOT NULL,
            UNIQUE (face_hash, embedding_hash)
        );
        CREATE TABLE IF NOT EXISTS embeddings_index (
            id SERIAL PRIMARY KEY,
            model_name TEXT,
            detector_backend TEXT,
            align BOOL,
            l2_normalized BOOL,
            index_data BYTEA,
            created_at TIMESTAMPTZ DEFAULT now(),
            updated_at TIMESTAMPTZ DEFAULT now(),
            UNIQUE (model_name, detector_backend, align, l2_normalized)
        );
        """

    /// The types that its columns must have; an older version's were others.
    static let columns = [
        "id": "bigint", "img_name": "text", "face": "bytea", "face_shape": "integer[]", "model_name": "text",
        "detector_backend": "text", "aligned": "boolean", "l2_normalized": "boolean", "embedding": "double precision[]",
        "created_at": "timestamp with time zone", "face_hash": "text", "embedding_hash": "text",
    ]

    /// The setting by which the trigger knows who writes a row together with its sample.
    static let writer = "deepface.writer"
    /// The setting that holds the largest id before somebody else's rows come. They are looked at once they are there: a
    /// trigger before each row would have the server put rows of ours in one by one, too.
    static let newest = "deepface.newest"

    /// - Parameters:
    ///   - t: what names of our tables begin with.
    ///   - path: the schemas that functions look into, quoted.
    static func adoption(_ t: String, path: String) -> String {
        let definer = PostgresSchema.definer(path)
        return """
            CREATE FUNCTION \(t)_is_usable(vector FLOAT8[]) RETURNS boolean LANGUAGE sql IMMUTABLE
                SET search_path = \(path) AS $$
                SELECT coalesce(
                    array_ndims(vector) = 1 AND bool_and(v IS NOT NULL AND abs(v) < 1e15)
                    AND sum(CASE WHEN abs(v) BETWEEN 1e-20 AND 1e15 THEN v * v ELSE 0 END) BETWEEN 1e-30 AND 1e30, false)
                FROM unnest(vector) v
            $$;
            CREATE FUNCTION \(t)_person_of(img_name TEXT) RETURNS text LANGUAGE sql IMMUTABLE
                SET search_path = \(path) AS $$
                SELECT coalesce(
                    nullif(nullif((regexp_match(img_name, '([^/]+)/+[^/]*$'))[1], '.'), '..'),
                    nullif(regexp_replace(regexp_replace(img_name, '^.*/', ''), '\\.(jpg|jpeg|png)$', '', 'i'), ''),
                    nullif(img_name, ''), 'unknown')
            $$;
            CREATE FUNCTION \(t)_collection_of(face embeddings) RETURNS text LANGUAGE sql IMMUTABLE
                SET search_path = \(path) AS $$
                SELECT concat_ws('/', 'python', face.model_name, face.detector_backend,
                    CASE WHEN coalesce(face.aligned, true) THEN 'aligned' ELSE 'unaligned' END,
                    CASE WHEN face.l2_normalized THEN 'norm' ELSE 'raw' END)
            $$;
            CREATE FUNCTION \(t)_adopt(first BIGINT, last BIGINT) RETURNS void LANGUAGE plpgsql \(definer) AS $$ BEGIN
                INSERT INTO \(t)_collections
                    (name, dimensions, model_name, detector_backend, aligned, l2_normalized)
                SELECT DISTINCT ON (\(t)_collection_of(e)) \(t)_collection_of(e), cardinality(embedding), model_name,
                    detector_backend, coalesce(aligned, true), coalesce(l2_normalized, false)
                FROM embeddings e WHERE id BETWEEN first AND last AND \(t)_is_usable(embedding)
                    AND NOT EXISTS (SELECT 1 FROM \(t)_collections WHERE name = \(t)_collection_of(e))
                ORDER BY \(t)_collection_of(e), id
                ON CONFLICT (name) DO NOTHING;

                INSERT INTO \(t)_people (collection_id, name)
                SELECT DISTINCT c.id, \(t)_person_of(img_name)
                FROM embeddings e JOIN \(t)_collections c ON c.name = \(t)_collection_of(e)
                WHERE e.id BETWEEN first AND last AND cardinality(embedding) = c.dimensions
                    AND \(t)_is_usable(embedding) AND NOT EXISTS (
                        SELECT 1 FROM \(t)_people p WHERE p.collection_id = c.id
                            AND p.name = \(t)_person_of(img_name) COLLATE "C")
                ON CONFLICT (collection_id, name) DO NOTHING;

                INSERT INTO \(t)_samples
                    (id, collection_id, person_id, hash, x, y, w, h, landmarks, confidence)
                SELECT e.id, c.id, p.id, 'python ' || face_hash, 0, 0, 0, 0, '{}', 0
                FROM embeddings e JOIN \(t)_collections c ON c.name = \(t)_collection_of(e)
                    JOIN \(t)_people p ON p.collection_id = c.id AND p.name = \(t)_person_of(img_name) COLLATE "C"
                WHERE e.id BETWEEN first AND last AND cardinality(embedding) = c.dimensions
                    AND \(t)_is_usable(embedding)
                ORDER BY e.id;
            END $$;

            CREATE FUNCTION \(t)_newest() RETURNS trigger LANGUAGE plpgsql \(definer) AS $$ BEGIN
                PERFORM set_config('\(newest)', greatest(
                    (SELECT max(id) FROM embeddings), (SELECT max(sample_id) FROM \(t)_removals))::text, true);
                RETURN NULL;
            END $$;
            CREATE TRIGGER \(t)_newest BEFORE INSERT ON embeddings FOR EACH STATEMENT
                WHEN (current_setting('\(writer)', true) IS DISTINCT FROM 'deepface')
                EXECUTE FUNCTION \(t)_newest();

            CREATE FUNCTION \(t)_row_added() RETURNS trigger LANGUAGE plpgsql \(definer) AS $$ BEGIN
                IF NEW.id <= nullif(current_setting('\(newest)'), '')::bigint THEN
                    RAISE 'ids of embeddings only grow: leave the id out' USING ERRCODE = 'check_violation';
                END IF;
                PERFORM \(t)_adopt(NEW.id, NEW.id);
                RETURN NULL;
            END $$;
            CREATE TRIGGER \(t)_row_added AFTER INSERT ON embeddings FOR EACH ROW
                WHEN (current_setting('\(writer)', true) IS DISTINCT FROM 'deepface')
                EXECUTE FUNCTION \(t)_row_added();

            CREATE FUNCTION \(t)_row_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE 'rows of embeddings are not changed in place: delete them and insert new ones'
                    USING ERRCODE = 'check_violation';
            END $$;
            CREATE TRIGGER \(t)_row_changed
                BEFORE UPDATE OF id, embedding, model_name, detector_backend, aligned, l2_normalized ON embeddings
                FOR EACH ROW WHEN (
                    (OLD.id, OLD.embedding, OLD.model_name, OLD.detector_backend, OLD.aligned, OLD.l2_normalized)
                    IS DISTINCT FROM
                    (NEW.id, NEW.embedding, NEW.model_name, NEW.detector_backend, NEW.aligned, NEW.l2_normalized))
                EXECUTE FUNCTION \(t)_row_changed();

            CREATE FUNCTION \(t)_rows_removed() RETURNS trigger LANGUAGE plpgsql \(definer) AS $$
            DECLARE collection BIGINT;
            BEGIN
                FOR collection IN SELECT id FROM \(t)_collections LOOP
                    DELETE FROM \(t)_samples s USING gone WHERE s.collection_id = collection AND s.id = gone.id;
                END LOOP;
                RETURN NULL;
            END $$;
            CREATE TRIGGER \(t)_rows_removed AFTER DELETE ON embeddings REFERENCING OLD TABLE AS gone
                FOR EACH STATEMENT EXECUTE FUNCTION \(t)_rows_removed();

            CREATE FUNCTION \(t)_all_removed() RETURNS trigger LANGUAGE plpgsql \(definer) AS $$ BEGIN
                DELETE FROM \(t)_samples;
                RETURN NULL;
            END $$;
            CREATE TRIGGER \(t)_all_removed AFTER TRUNCATE ON embeddings
                FOR EACH STATEMENT EXECUTE FUNCTION \(t)_all_removed();

            SELECT \(t)_adopt(-9223372036854775808, 9223372036854775807);
            """
    }
}
