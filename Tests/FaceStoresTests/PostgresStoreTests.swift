import DeepFace
import FaceStores
import Foundation
import Testing
import VectorIndex

/// What is PostgreSQL's own: Python DeepFace's tables, which are used in place.
@Suite(.enabled(if: StoreBackend.installed.contains(.postgres), "PostgreSQL is missing: apt-get install postgresql"))
struct PostgresStoreTests {
    @Test func rowsOfPythonAreFound() async throws {
        let place = try await StoreBackend.postgres.place()
        let server = try #require(place.server)
        // As Python has made them before we were there.
        try server.run(PythonRows.tables, in: place.database)
        try server.run(PythonRows.insert(1, "db/Alice/1.jpg"), in: place.database)
        let store = try await place.open(creates: false)
        let name = "python/Facenet/opencv/aligned/raw"
        let collection = try #require(try await store.collection(named: name))
        #expect(collection.recipe.model == "Facenet" && collection.recipe.detector == "opencv")
        #expect(collection.recipe.align == .eyes && collection.dimensions == 8)
        var options = Options()
        options.model = try RecognitionRegistry.model(named: "Facenet")
        options.detector = try DetectorRegistry.detector(named: "opencv")
        options.alignment = .eyes
        try collection.check(EmbeddingRecipe(options))

        let searcher = FaceSearcher(store)
        func nearest(_ number: Int) async throws -> [String] {
            try await searcher.search(
                [NewFace.vector(number)], in: collection, metric: .cosine, limit: 1, within: 1e-5
            )[0].map { "\($0.sample.person) in \($0.sample.image)" }
        }
        #expect(try await nearest(1) == ["Alice in db/Alice/1.jpg"])
        // Written while we are there, by a user with rights on Python's tables only.
        try server.run("CREATE USER python PASSWORD 'python'", in: place.database)
        try server.run(
            "GRANT SELECT, INSERT, DELETE ON embeddings TO python; GRANT USAGE ON embeddings_id_seq TO python",
            in: place.database)
        try server.run(
            "SET ROLE python; \(PythonRows.insert(2, "bob.png")); \(PythonRows.insert(3, "9f3c")); "
                + PythonRows.insert(4, "x.jpg", norm: true),
            in: place.database)
        #expect(try await nearest(2) == ["bob in bob.png"])
        #expect(try await nearest(3) == ["9f3c in 9f3c"])
        #expect(try await nearest(4) == [], "of another collection")
        #expect(try await store.collections().map(\.name) == [name, "python/Facenet/opencv/aligned/norm"].sorted())
        // Deleted by somebody else.
        try server.run("SET ROLE python; DELETE FROM embeddings WHERE img_name = 'bob.png'", in: place.database)
        #expect(try await nearest(2) == [])
        // What no index takes does not keep the rest from being found, nor Python from writing it.
        for (number, value) in ["'NaN'", "1e300", "0", "1e-300", "NULL"].enumerated() {
            try server.run(
                PythonRows.insert(5, "odd \(number)", vector: "ARRAY[\(value)]::float8[]"), in: place.database)
        }
        #expect(try await nearest(3) == ["9f3c in 9f3c"])
        #expect(
            try await store.problems() == ["5 rows of embeddings are of no collection: their vectors cannot be used"])
        try server.run("TRUNCATE embeddings", in: place.database)
        #expect(try await nearest(3) == [])
        #expect(try await store.sampleCount(of: collection) == 0)
    }

    @Test func pythonFindsOurRows() async throws {
        let place = try await StoreBackend.postgres.place()
        let server = try #require(place.server)
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        let faces = (1...3).map { NewFace.test($0, person: "p\($0)") }
        let added = try await store.add(faces, to: collection)
        // Python's own query.
        let rows = try server.run(
            """
            SELECT id, img_name, embedding FROM embeddings WHERE model_name = 'Dlib' AND detector_backend = 'mtcnn'
            AND aligned = true AND l2_normalized = false ORDER BY id ASC
            """, in: place.database
        ).split(separator: "\n")
        for ((row, face), added) in zip(zip(rows, faces), added) {
            let numbers = face.vector.map { "\(Double($0))" }.joined(separator: ",")
            let parts = row.split(separator: "|")
            #expect(parts[0] == "\(added.id)" && parts[1] == face.image)
            let values = parts[2].dropFirst().dropLast().split(separator: ",").compactMap { Double($0) }
            #expect(values == face.vector.map(Double.init), "\(numbers)")
        }
        #expect(rows.count == 3)
        // The hash as Python's hashlib and struct make it, and types as Python's driver takes them.
        let python = """
            import hashlib, struct
            print(hashlib.sha256(struct.pack('8d', *[\(faces[0].vector.map { "\(Double($0))" }.joined(separator: ","))])).hexdigest())
            """
        let hash = try PostgresServer.run(["python3", "-c", python]).trimmingCharacters(in: .whitespacesAndNewlines)
        let ours = try server.run(
            """
            SELECT embedding_hash, length(face_hash), length(face), face_shape FROM embeddings ORDER BY id LIMIT 1
            """, in: place.database)
        #expect(ours == "\(hash)|64|0|{0,0,0}\n")
        // Python's way to write still works beside ours, and its rows do not get into our way.
        try server.run(PythonRows.insert(9, "late.jpg"), in: place.database)
        #expect(try await store.add([.test(10, person: "p")], to: collection)[0].id > added[2].id)
        #expect(try await store.problems().isEmpty)
    }

    @Test func anIndexIsSharedWithPython() async throws {
        let place = try await StoreBackend.postgres.place()
        let server = try #require(place.server)
        let store = try await place.open()
        defer { if let folder = store.indexFolder { try? FileManager.default.removeItem(at: folder) } }
        let collection = try await store.makeCollection(.test())
        let faces = (0..<300).map { NewFace.test($0, person: "p\($0)") }
        let added = try await store.add(faces, to: collection)
        // Faces that Python cannot tell from these are in the same index.
        let other = try await store.makeCollection(.test("other"))
        let more = try await store.add([.test(1000, person: "other")], to: other)
        try await FaceSearcher(store).build(IndexChoice(), of: collection, metric: .cosine)
        let text = try server.run(
            """
            SELECT encode(index_data, 'hex') FROM embeddings_index WHERE model_name = 'Dlib'
            AND detector_backend = 'mtcnn' AND align = true AND l2_normalized = false
            """, in: place.database)
        let digits = Array(text.trimmingCharacters(in: .whitespacesAndNewlines))
        let bytes = Data(
            stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) })
        let index = try FaissIndex(faissBytes: bytes, metric: .euclidean)
        #expect(index.count == 301)
        let found = try index.search(VectorBatch([NewFace.vector(1000), NewFace.vector(7)]), k: 1, filter: nil)
        #expect(found.map { $0[0].id } == [more[0].id, added[7].id])
        // Python's faiss, where it is.
        let packages = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../.build/store-python"
        ).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: "\(packages)/faiss") else { return }
        let file = FileManager.default.temporaryDirectory.appending(path: "index-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try bytes.write(to: file)
        let script = """
            import faiss, numpy
            index = faiss.read_index("\(file.path)")
            d, i = index.search(numpy.array([[\(NewFace.vector(7).map { "\($0)" }.joined(separator: ","))]], dtype="float32"), 1)
            print(type(index).__name__, index.ntotal, i[0][0], float(d[0][0]) < 1e-10)
            """
        let answer = try PostgresServer.run(["python3", "-c", script], ["PYTHONPATH": packages])
        #expect(answer == "IndexIDMap 301 \(added[7].id) True\n")
    }

    /// The trap of following a table by its largest id: a smaller one that commits later.
    @Test func idsGrowInTheOrderOfCommits() async throws {
        let place = try await StoreBackend.postgres.place()
        let server = try #require(place.server)
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        let searcher = FaceSearcher(store)
        func isFound(_ number: Int) async throws -> Bool {
            try await !searcher.search(
                [NewFace.vector(number)], in: collection, metric: .cosine, limit: 1, within: 1e-5)[0].isEmpty
        }
        try server.run(PythonRows.insert(1, "db/first.jpg"), in: place.database)
        // Python's transaction has taken its id, and is not done until the gate is open.
        try server.run("CREATE TABLE gate (is_open BOOL)", in: place.database)
        server.begin(
            """
            BEGIN; \(PythonRows.insert(2, "db/slow.jpg")); DO $$ BEGIN
                WHILE NOT EXISTS (SELECT 1 FROM gate) LOOP PERFORM pg_sleep(0.05); END LOOP;
            END $$; COMMIT
            """, in: place.database)
        try await server.wait(forWaiting: 0, in: place.database)
        #expect(try server.run("SELECT count(*) FROM embeddings", in: place.database) == "1\n")
        let adding = Task.detached { try await store.add([.test(3, person: "ours")], to: collection) }
        try await server.wait(forWaiting: 1, in: place.database)
        try server.run("INSERT INTO gate VALUES (true)", in: place.database)
        let added = try await adding.value
        // Ours came second, and so has the larger id: who sees it sees Python's, too.
        let ids = try server.run("SELECT id FROM embeddings ORDER BY id", in: place.database).split(separator: "\n")
        #expect(ids.count == 3 && ids.last.map(String.init) == "\(added[0].id)")
        #expect(try await isFound(3))
        let python = try #require(try await store.collection(named: "python/Facenet/opencv/aligned/raw"))
        #expect(try await store.sampleCount(of: python) == 2)
        // Ids out of order, and changes in place, would be passed over: they are refused.
        for sql in [
            "INSERT INTO embeddings (id, img_name, face, face_shape, model_name, detector_backend, embedding, face_hash, "
                + "embedding_hash) VALUES (1, 'x', '', '{}', 'Facenet', 'opencv', '{1,2}', 'x', 'y')",
            "UPDATE embeddings SET embedding = '{1,2,3,4,5,6,7,8}' WHERE img_name = 'db/first.jpg'",
        ] {
            #expect(throws: PostgresServer.Failed.self) { try server.run(sql, in: place.database) }
        }
        try server.run(
            "UPDATE embeddings SET img_name = 'db/renamed.jpg' WHERE img_name = 'db/first.jpg'", in: place.database)
        // Several of one statement are taken up, each.
        let columns = "face, face_shape, model_name, detector_backend, aligned, l2_normalized, embedding, face_hash"
        try server.run(
            """
            INSERT INTO embeddings (img_name, embedding_hash, \(columns))
            SELECT 'db/again.jpg', 'again ' || id, \(columns) FROM embeddings WHERE model_name = 'Facenet'
            """, in: place.database)
        #expect(try await store.sampleCount(of: python) == 4)
    }

    @Test func anotherProgramsTableIsRefused() async throws {
        let place = try await StoreBackend.postgres.place()
        let server = try #require(place.server)
        let refused = await #expect(throws: DeepFaceError.self) { try await place.open(creates: false) }
        #expect(refused?.code == .storeUnavailable && refused?.message == "no store is there")
        try server.run(
            PythonRows.tables.replacing("face BYTEA NOT NULL", with: "face JSONB NOT NULL"), in: place.database)
        let error = await #expect(throws: DeepFaceError.self) { try await place.open() }
        #expect(error?.code == .storeInconsistent)
        #expect(error?.message.contains("face is jsonb, not bytea") == true)
        #expect(try server.run("SELECT to_regclass('deepface_store')", in: place.database) == "\n", "nothing was made")
    }
}

/// What Python DeepFace writes.
enum PythonRows {
    static let tables = """
        CREATE TABLE embeddings (
            id BIGSERIAL PRIMARY KEY, img_name TEXT NOT NULL, face BYTEA NOT NULL, face_shape INT[] NOT NULL,
            model_name TEXT NOT NULL, detector_backend TEXT NOT NULL, aligned BOOLEAN DEFAULT true,
            l2_normalized BOOLEAN DEFAULT false, embedding FLOAT8[] NOT NULL, created_at TIMESTAMPTZ DEFAULT now(),
            face_hash TEXT NOT NULL, embedding_hash TEXT NOT NULL, UNIQUE (face_hash, embedding_hash));
        CREATE TABLE embeddings_index (
            id SERIAL PRIMARY KEY, model_name TEXT, detector_backend TEXT, align BOOL, l2_normalized BOOL,
            index_data BYTEA, created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now(),
            UNIQUE (model_name, detector_backend, align, l2_normalized));
        """

    static func insert(
        _ number: Int, _ image: String, norm: Bool = false, vector: String? = nil, into table: String = "embeddings"
    ) -> String {
        let numbers = NewFace.vector(number).map { "\($0)" }.joined(separator: ",")
        let vector = vector ?? (table == "embeddings" ? "'{\(numbers)}'" : "'[\(numbers)]'")
        return """
            INSERT INTO \(table) (img_name, face, face_shape, model_name, detector_backend, aligned, l2_normalized,
                embedding, face_hash, embedding_hash)
            VALUES ('\(image)', '\\x00000000', '{1,1,1}', 'Facenet', 'opencv', true, \(norm), \(vector),
                'face \(image)', 'embedding \(image)')
            """
    }
}
