import DeepFace

/// The tables that all stores in PostgreSQL have, beside the one of samples, and what keeps them in order.
///
/// **Ids grow in the order in which rows can be seen.** Who follows a table by its largest id would miss a row whose
/// transaction took a smaller id and committed later. So a trigger has every writer, whatever program it is, take a lock
/// before ids are given, and keep it until it has committed. Removals are numbered under the same lock.
///
/// Triggers run with the rights of who made the tables: another program's user needs rights on its own tables only.
enum PostgresSchema {
    static let version = 1
    /// The upper half of the lock's key ("face" in ASCII); the lower is the table's number.
    static let lockKey = "(1717658469::bigint << 32)"

    /// - Parameters:
    ///   - t: what names begin with.
    ///   - path: the schemas that functions look into, quoted.
    static func common(_ t: String, path: String) -> String {
        """
        CREATE TABLE \(t)_store (version INT NOT NULL, identifier UUID NOT NULL DEFAULT gen_random_uuid());
        INSERT INTO \(t)_store (version) VALUES (\(version));
        CREATE TABLE \(t)_collections (
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            identifier UUID NOT NULL UNIQUE DEFAULT gen_random_uuid(),
            name TEXT COLLATE "C" NOT NULL UNIQUE CHECK (name <> ''),
            recipe TEXT,
            dimensions BIGINT NOT NULL CHECK (dimensions > 0),
            model_name TEXT NOT NULL,
            detector_backend TEXT NOT NULL,
            aligned BOOLEAN NOT NULL,
            l2_normalized BOOLEAN NOT NULL DEFAULT false,
            created TIMESTAMPTZ NOT NULL DEFAULT now()
        );
        CREATE TABLE \(t)_people (
            id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            collection_id BIGINT NOT NULL REFERENCES \(t)_collections,
            name TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
            created TIMESTAMPTZ NOT NULL DEFAULT now(),
            UNIQUE (collection_id, name)
        );
        CREATE TABLE \(t)_photos (
            collection_id BIGINT NOT NULL,
            hash TEXT COLLATE "C" NOT NULL,
            content BYTEA NOT NULL,
            PRIMARY KEY (collection_id, hash)
        );
        CREATE TABLE \(t)_removals (
            number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            collection_id BIGINT NOT NULL,
            sample_id BIGINT NOT NULL
        );
        CREATE INDEX \(t)_removals_of_collection ON \(t)_removals (collection_id, number);
        CREATE INDEX \(t)_removals_by_id ON \(t)_removals (sample_id);

        CREATE FUNCTION \(t)_lock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_advisory_xact_lock(\(lockKey) + TG_RELID::bigint);
            RETURN NULL;
        END $$;

        CREATE FUNCTION \(t)_removed() RETURNS trigger LANGUAGE plpgsql \(definer(path)) AS $$ BEGIN
            INSERT INTO \(t)_removals (collection_id, sample_id) SELECT collection_id, id FROM gone ORDER BY id;
            DELETE FROM \(t)_photos p USING (SELECT DISTINCT collection_id, hash FROM gone) g
                WHERE p.collection_id = g.collection_id AND p.hash = g.hash AND NOT EXISTS (
                    SELECT 1 FROM \(t)_samples s WHERE s.collection_id = g.collection_id AND \(isPhoto("g.hash")));
            RETURN NULL;
        END $$;
        """
    }

    /// The columns of the table of samples that all stores have.
    static let sampleColumns = """
        id BIGINT NOT NULL,
        collection_id BIGINT NOT NULL,
        person_id BIGINT NOT NULL,
        hash TEXT COLLATE "C" NOT NULL,
        x BIGINT NOT NULL, y BIGINT NOT NULL, w BIGINT NOT NULL, h BIGINT NOT NULL,
        landmarks TEXT NOT NULL,
        confidence FLOAT8 NOT NULL,
        \(attributeColumns.joined(separator: ", "))
        """

    /// The index that finds the samples `s` of a photo: by 64 bits of its hash, for a long text takes the server several
    /// times as long to put in.
    ///
    /// - Parameter isUnique: whether it keeps a face from being there twice, too.
    static func photoIndex(_ t: String, isUnique: Bool) -> String {
        """
        CREATE \(isUnique ? "UNIQUE " : "")INDEX \(t)_samples_by_photo
            ON \(t)_samples (collection_id, hashtextextended(hash, 0)\(isUnique ? ", x, y, w, h" : ""))
        """
    }

    /// The condition by which that index is used.
    static func isPhoto(_ hash: String) -> String {
        "hashtextextended(s.hash, 0) = hashtextextended(\(hash), 0) AND s.hash = \(hash)"
    }

    /// What was read off a face; tables of earlier versions get them when they are opened.
    static let attributeColumns = ["age BIGINT", "gender TEXT", "emotion TEXT", "race TEXT"]

    /// What is made once the table of samples is there.
    static func triggers(_ t: String, on lockedTable: String, isUnique: Bool) -> String {
        """
        \(photoIndex(t, isUnique: isUnique));
        CREATE INDEX \(t)_samples_of_person ON \(t)_samples (collection_id, person_id);
        CREATE TRIGGER \(t)_lock BEFORE INSERT OR DELETE ON \(lockedTable)
            FOR EACH STATEMENT EXECUTE FUNCTION \(t)_lock();
        CREATE TRIGGER \(t)_removed AFTER DELETE ON \(t)_samples REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION \(t)_removed();
        """
    }

    static func definer(_ path: String) -> String { "SECURITY DEFINER SET search_path = \(path), pg_temp" }
}

extension PostgresTables {
    /// Makes the tables where they are not there.
    ///
    /// - Parameters:
    ///   - others: a table of another program's that are a store, too, once ours are added.
    ///   - install: runs within a transaction, given the schemas that functions look into.
    /// - Throws: `storeUnavailable` when nothing is there and `creates` is false.
    static func install(
        in database: PostgresDatabase, creates: Bool, others: String? = nil,
        _ install: @escaping @Sendable (PostgresConnection, String) throws -> Void
    ) async throws(DeepFaceError) {
        let t = prefix
        let address = database.address
        try await database.setUp { connection in
            guard connection.serverVersion >= 130_000 else {
                throw DeepFaceError(
                    .storeUnavailable, "the server is older than PostgreSQL 13", input: address.description)
            }
            func isThere(_ table: String) throws -> Bool {
                try connection.executeOnce("SELECT to_regclass($1) IS NOT NULL", [.text(table)]).first?.bool(0) ?? false
            }
            if try isThere("\(t)_store") {
                let version = try connection.executeOnce("SELECT version FROM \(t)_store").first?.int(0)
                guard version == Int64(PostgresSchema.version) else {
                    throw DeepFaceError(
                        .storeInconsistent, "its tables are of another version of this program",
                        input: address.description)
                }
                return try bringUpToDate(connection, address)
            }
            if !creates, try !(others.map { try isThere($0) } ?? false) {
                throw DeepFaceError(
                    .storeUnavailable, "no store is there", input: address.description,
                    advice: "make one with: deepface register")
            }
            try connection.run("BEGIN")
            do {
                // Two that find nothing make it one after the other.
                try connection.run("SELECT pg_advisory_xact_lock(\(PostgresSchema.lockKey))")
                if try !isThere("\(t)_store") {
                    let schemas = try connection.executeOnce(
                        "SELECT quote_ident(s) FROM unnest(current_schemas(false)) s"
                    ).map { try $0.text(0) }
                    guard !schemas.isEmpty else {
                        throw DeepFaceError(
                            .storeUnavailable, "the user may use no schema of the database", input: address.description,
                            advice: "have its owner grant USAGE and CREATE on one")
                    }
                    try install(connection, (["pg_catalog"] + schemas).joined(separator: ", "))
                }
                try connection.run("COMMIT")
            } catch {
                try? connection.run("ROLLBACK")
                throw error
            }
        }
    }

    /// Adds to tables that an earlier version made what they lack: columns of attributes, and the index of photos in the
    /// place of another.
    private static func bringUpToDate(_ connection: PostgresConnection, _ address: StoreAddress) throws {
        let table = "\(prefix)_samples"
        let found = try connection.executeOnce(
            """
            SELECT count(*), to_regclass($2) IS NOT NULL FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attname IN ('age', 'gender', 'emotion', 'race') AND NOT attisdropped
            """, [.text(table), .text("\(table)_by_photo")]
        ).first
        let hasIndex = try found?.bool(1) ?? false
        guard try found?.int(0) != 4 || !hasIndex else { return }
        let columns = PostgresSchema.attributeColumns.map { "ADD COLUMN IF NOT EXISTS \($0)" }
        var changes = ["ALTER TABLE \(table) \(columns.joined(separator: ", "))"]
        if !hasIndex {
            changes += [
                "ALTER TABLE \(table) DROP COLUMN IF EXISTS face_hash", "DROP INDEX IF EXISTS \(table)_of_photo",
                PostgresSchema.photoIndex(prefix, isUnique: isUnique),
            ]
        }
        do {
            try connection.run(changes.joined(separator: "; "))
        } catch let error as DeepFaceError {
            throw DeepFaceError(
                .storeUnavailable,
                "its tables are an earlier version's and cannot be brought up to date: \(error.message)",
                input: address.description,
                advice: "have their owner open the store once, as with: deepface people list")
        }
    }
}
