import DeepFace
import FaceStores
import Foundation
import Testing

/// What is pgvector's own: neighbours found by the database.
struct PgVectorStoreTests {
    private static let backends = StoreBackend.installed.filter { $0 == .pgvector06 || $0 == .pgvector08 }

    @Test(.enabled(if: !backends.isEmpty, "pgvector is missing: make store-servers"), arguments: backends)
    func anIndexAnswers(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let store = try await place.open()
        let collection = try await store.makeCollection(.test(dimensions: 32))
        let faces = (0..<6000).map { NewFace.test($0, person: "p\($0 % 40)", dimensions: 32) }
        _ = try await store.add(faces, to: collection)
        let searcher = FaceSearcher(store)
        let probes = (5000..<5020).map { NewFace.vector($0, dimensions: 32) }
        func search(_ people: [Person]? = nil, _ approximate: Bool) async throws -> [[FaceMatch]] {
            try await searcher.search(
                probes, in: collection, metric: .euclidean, limit: 10, within: nil, people: people,
                approximate: approximate)
        }
        let exact = try await search(nil, false)
        #expect(try await search(nil, true) == exact, "without an index the answer is exact")
        try await searcher.build(IndexChoice(recall: 0.95), of: collection, metric: .euclidean)
        let stats = try await searcher.stats(of: collection)
        #expect(stats.indexes.map(\.kind) == [.hnsw] && stats.indexes[0].vectors == 6000 && stats.indexes[0].bytes > 0)
        // Really by the index, and not without leave.
        let server = try #require(place.server)
        func scans() throws -> Int {
            try server.run("SELECT pg_sleep(1.2)", in: place.database)
            return try Int(
                server.run(
                    "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE indexrelname LIKE '%hnsw%'",
                    in: place.database
                ).trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        }
        #expect(try await search(nil, false) == exact)
        let found = try await search(nil, true)
        let hits = zip(found, exact).map { Set($0.map(\.sample.id)).intersection($1.map(\.sample.id)).count }
        #expect(hits.reduce(0, +) >= 180, "of 200")
        #expect(found.allSatisfy { $0.allSatisfy { !$0.isExact } } && exact.allSatisfy { $0.allSatisfy(\.isExact) })
        #expect(try scans() > 0)
        // People are filtered in the database; iterative scans still find ten.
        let people = [try #require(try await store.person(named: "p7", in: collection))]
        let among = try await search(people, true)
        #expect(among.allSatisfy { $0.allSatisfy { $0.sample.person == "p7" } })
        if backend == .pgvector08 { #expect(among.allSatisfy { $0.count == 10 }) }
        #expect(try await search(people, false).allSatisfy { $0.count == 10 })
        #expect(try await search([], false).allSatisfy(\.isEmpty))
        // It follows.
        _ = try await store.add([.test(9000, person: "new", dimensions: 32)], to: collection)
        try await store.delete(people, of: collection)
        let late = try await searcher.search(
            [NewFace.vector(9000, dimensions: 32), NewFace.vector(7, dimensions: 32)], in: collection,
            metric: .euclidean,
            limit: 1, within: 1e-4, approximate: true)
        #expect(late.map { $0.map(\.sample.person) } == [["new"], []])
        try await searcher.delete(collection)
        #expect(try server.run("SELECT count(*) FROM deepface_vector_samples", in: place.database) == "0\n")
    }

    @Test(.enabled(if: !backends.isEmpty, "pgvector is missing: make store-servers"), arguments: backends)
    func longVectors(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let store = try await place.open()
        for dimensions in [2048, 4096] {
            let collection = try await store.makeCollection(.test("d\(dimensions)", dimensions: dimensions))
            _ = try await store.add(
                (0..<30).map { .test($0, person: "p\($0)", dimensions: dimensions) }, to: collection)
            let searcher = FaceSearcher(store)
            let probe = NewFace.vector(7, dimensions: dimensions)
            func nearest(_ approximate: Bool) async throws -> [FaceMatch] {
                try await searcher.search(
                    [probe], in: collection, metric: .cosine, limit: 1, within: nil, approximate: approximate)[0]
            }
            #expect(try await nearest(false).map(\.sample.person) == ["p7"])
            do {
                try await searcher.build(IndexChoice(), of: collection, metric: .cosine)
                #expect(dimensions == 2048 && backend == .pgvector08, "half precision goes up to 4000")
                let found = try await nearest(true)
                #expect(found.map(\.sample.person) == ["p7"] && found.map(\.distance) == [0])
            } catch let error as DeepFaceError {
                #expect(error.code == .invalidOption && (dimensions == 4096 || backend == .pgvector06))
                #expect(error.message.contains("4000 dimensions") || error.message.contains("2048 dimensions"))
            }
        }
    }

    @Test(.enabled(if: !backends.isEmpty, "pgvector is missing: make store-servers"), arguments: backends)
    func tablesOfPythonAreRead(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let server = try #require(place.server)
        let name = "embeddings_facenet_opencv_aligned_raw"
        try server.run("CREATE EXTENSION vector", in: place.database)
        try server.run(
            """
            CREATE TABLE Embeddings_facenet_opencv_aligned_raw (
                id SERIAL PRIMARY KEY, img_name TEXT NOT NULL, face BYTEA NOT NULL, face_shape INT[] NOT NULL,
                model_name TEXT NOT NULL, detector_backend TEXT NOT NULL, aligned BOOLEAN DEFAULT true,
                l2_normalized BOOLEAN DEFAULT false, embedding vector(8) NOT NULL,
                created_at TIMESTAMPTZ DEFAULT now(), face_hash TEXT NOT NULL, embedding_hash TEXT NOT NULL,
                UNIQUE (face_hash, embedding_hash))
            """, in: place.database)
        for (number, image) in [(1, "db/Alice/1.jpg"), (2, "bob.png"), (3, "9f3c")] {
            try server.run(PythonRows.insert(number, image, into: name), in: place.database)
        }
        let tables = try await PythonVectorTable.all(at: StoreAddress(place.address))
        #expect(tables.map(\.name) == [name] && tables.map(\.dimensions) == [8])
        let table = try #require(tables.first)
        #expect(table.recipe.model == "Facenet" && table.recipe.align == .eyes)
        let rows = try await table.rows(after: 1, limit: 10)
        #expect(rows.map(\.vector) == [NewFace.vector(2), NewFace.vector(3)])
        let faces = try await table.rows(after: 0, limit: 10).map(\.face)
        #expect(faces.map(\.person) == ["Alice", "bob", "9f3c"])
        // Into a store, twice.
        let store = try await place.open()
        let collection = try await store.makeCollection(
            CollectionPlan(name: name, recipe: table.recipe, dimensions: table.dimensions))
        #expect(try await store.add(faces, to: collection).allSatisfy(\.isNew))
        #expect(try await store.add(faces, to: collection).allSatisfy { !$0.isNew })
    }
}
