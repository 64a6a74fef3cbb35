import GRDB

/// The tables of a store in SQLite.
///
/// A trigger writes down every sample that goes, whatever made it go, so that indexes learn of it; another takes a photo
/// away with its last sample.
enum SQLiteSchema {
    /// Tells the file from other programs' ("Face" in ASCII).
    static let applicationID: Int32 = 0x4661_6365

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE collections (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        identifier TEXT NOT NULL UNIQUE,
                        name TEXT NOT NULL UNIQUE,
                        recipe TEXT NOT NULL,
                        dimensions INTEGER NOT NULL CHECK (dimensions > 0),
                        key_check BLOB,
                        created REAL NOT NULL
                    );
                    CREATE TABLE people (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
                        name TEXT NOT NULL CHECK (name <> ''),
                        created REAL NOT NULL,
                        UNIQUE (collection_id, name)
                    );
                    CREATE TABLE samples (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
                        person_id INTEGER NOT NULL REFERENCES people ON DELETE CASCADE,
                        image TEXT NOT NULL,
                        hash TEXT NOT NULL,
                        x INTEGER NOT NULL, y INTEGER NOT NULL, w INTEGER NOT NULL, h INTEGER NOT NULL,
                        landmarks TEXT NOT NULL,
                        confidence REAL NOT NULL,
                        created REAL NOT NULL,
                        UNIQUE (collection_id, hash, x, y, w, h)
                    );
                    CREATE INDEX samples_of_person ON samples (person_id);
                    CREATE INDEX samples_of_collection ON samples (collection_id, id);
                    CREATE TABLE vectors (
                        sample_id INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
                        vector BLOB NOT NULL
                    );
                    CREATE TABLE photos (
                        collection_id INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
                        hash TEXT NOT NULL,
                        content BLOB NOT NULL,
                        PRIMARY KEY (collection_id, hash)
                    );
                    CREATE TABLE removals (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        collection_id INTEGER NOT NULL,
                        sample_id INTEGER NOT NULL
                    );
                    CREATE INDEX removals_of_collection ON removals (collection_id, number);
                    CREATE TRIGGER sample_removed AFTER DELETE ON samples BEGIN
                        INSERT INTO removals (collection_id, sample_id) VALUES (old.collection_id, old.id);
                        DELETE FROM photos WHERE collection_id = old.collection_id AND hash = old.hash
                            AND NOT EXISTS (
                                SELECT 1 FROM samples WHERE collection_id = old.collection_id AND hash = old.hash);
                    END;
                    PRAGMA application_id = \(applicationID);
                    """)
        }
        // A table of its own: a filter reads short rows, and a face without attributes has none.
        migrator.registerMigration("attributes") { database in
            try database.execute(
                sql: """
                    CREATE TABLE attributes (
                        sample_id INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
                        collection_id INTEGER NOT NULL,
                        age INTEGER, gender TEXT, emotion TEXT, race TEXT
                    );
                    CREATE INDEX attributes_of_collection ON attributes (collection_id, gender, age, race, emotion);
                    """)
        }
        return migrator
    }
}
