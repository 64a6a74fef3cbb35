import DeepFace
import FaceStores
import Foundation
import Testing

/// What was read off faces: every store keeps it, and searches are narrowed by it.
struct AttributeTests {
    /// Follow from `number`; every fifth face has none, every seventh an age only.
    private static func attributes(_ number: Int) -> FaceAttributes? {
        if number % 5 == 0 { return nil }
        if number % 7 == 0 { return FaceAttributes(age: number % 90) }
        return FaceAttributes(
            age: number % 90, gender: Attribute.gender.labels[number % 2],
            emotion: Attribute.emotion.labels[number % 6], race: Attribute.race.labels[number % 6])
    }

    private static func face(_ number: Int, person: String) -> NewFace {
        var face = NewFace.test(number, person: person)
        face.attributes = attributes(number)
        return face
    }

    @Test(arguments: StoreBackend.installed) func areKeptWithTheirFace(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        var empty = Self.face(4, person: "Bob")
        empty.attributes = FaceAttributes()
        let added = try await store.add(
            [Self.face(1, person: "Alice"), Self.face(5, person: "Alice"), Self.face(7, person: "Bob"), empty],
            to: collection)
        let again = try await place.open()
        let expected = [Self.attributes(1), nil, Self.attributes(7), nil]
        #expect(try await again.samples(added.map(\.id), of: collection).map(\.attributes) == expected)
        let alice = try #require(try await again.person(named: "Alice", in: collection))
        #expect(try await again.samples(of: alice, in: collection).map(\.attributes) == Array(expected.prefix(2)))
        #expect(try await again.samples(ofPhoto: "hash 7", in: collection).map(\.attributes) == [Self.attributes(7)])
        func ids(_ filter: String) async throws -> [Int64] {
            try await again.sampleIDs(where: AttributeFilter(filter), of: collection).sorted()
        }
        #expect(try await ids("age>=0") == [added[0].id, added[2].id])
        #expect(try await ids("gender!=Woman") == [added[0].id], "\(Self.attributes(1) as Any)")
        // Another collection is another world, and what is deleted goes.
        let other = try await store.makeCollection(.test("other"))
        _ = try await store.add([Self.face(1, person: "Alice")], to: other)
        #expect(try await ids("age>=0") == [added[0].id, added[2].id])
        try await again.delete([alice], of: collection)
        #expect(try await ids("age>=0") == [added[2].id])
        #expect(try await again.problems().isEmpty)
    }

    /// As if what does not meet the filter were not there: same faces, same order, same distances.
    @Test(arguments: StoreBackend.installed, [DistanceMetric.cosine, .euclidean])
    func aFilteredSearchIsOneAmongWhatMeetsIt(_ backend: StoreBackend, _ metric: DistanceMetric) async throws {
        let place = try await backend.place()
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        let faces = (0..<400).map { Self.face($0, person: "p\($0 % 20)") }
        _ = try await store.add(faces, to: collection)
        let third = try #require(try await store.person(named: "p3", in: collection))
        let searcher = FaceSearcher(store)
        let probe = NewFace.vector(9001)
        for (text, isWanted) in [
            ("gender=woman", true), ("gender=Man age<40", true), ("emotion!=happy age=20-39 race!=white", true),
            ("race='middle eastern'", true), ("age>=89", true), ("age>100", false),
        ] {
            let filter = try AttributeFilter(text)
            func expected(_ faces: [NewFace]) throws -> [String] {
                let faces = faces.filter { filter.matches($0.attributes) }
                let distances = try faces.map { face in
                    (try metric.distance(probe, face.vector) * 1e6).rounded(.toNearestOrEven)
                }
                return faces.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.map { faces[$0].image }
            }
            let all = try expected(faces)
            #expect(all.isEmpty != isWanted && all.count < faces.count, "\(text)")
            let every = try await searcher.search(
                [probe], in: collection, metric: metric, limit: 400, within: nil, where: filter)[0]
            #expect(every.map(\.sample.image) == all && every.allSatisfy(\.isExact), "\(text)")
            #expect(every.allSatisfy { filter.matches($0.sample.attributes) })
            let few = try await searcher.search(
                [probe, NewFace.vector(3)], in: collection, metric: metric, limit: 3, within: nil, where: filter)
            #expect(few[0].map(\.sample.image) == Array(all.prefix(3)), "\(text)")
            let own = try await searcher.search(
                [probe], in: collection, metric: metric, limit: 400, within: nil, people: [third], where: filter)[0]
            #expect(own.map(\.sample.image) == (try expected(faces.filter { $0.person == "p3" })), "\(text)")
        }
    }

    /// With an approximate index, too, nothing comes that does not meet the filter, and what is nearest is found.
    @Test(arguments: StoreBackend.installed) func anIndexIsFiltered(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        _ = try await store.add((0..<400).map { Self.face($0, person: "p\($0)") }, to: collection)
        let searcher = FaceSearcher(store)
        try await searcher.build(IndexChoice(kind: .hnsw), of: collection, metric: .cosine)
        for (number, text) in [(11, "gender=man age=11"), (12, "gender=woman race!=indian")] {
            let filter = try AttributeFilter(text)
            let found = try await searcher.search(
                [NewFace.vector(number)], in: collection, metric: .cosine, limit: 5, within: nil, where: filter,
                approximate: true)[0]
            #expect(found.first?.sample.image == "p\(number)/\(number).jpg", "\(text)")
            #expect(found.allSatisfy { filter.matches($0.sample.attributes) })
        }
        try await searcher.delete(collection)
    }

    /// To another kind of store, through a file, and into an encrypted collection.
    @Test(arguments: StoreBackend.installed) func comeAlong(_ backend: StoreBackend) async throws {
        let (folder, place) = (try TestFolder(), try await backend.place())
        let source = try await place.open()
        let collection = try await source.makeCollection(.test())
        _ = try await source.add((1...12).map { Self.face($0, person: "p") }, to: collection)
        let file = folder.url.appending(path: "faces.ndjson")
        _ = try await FaceTransfer().export(from: source, to: FaceFileWriter(file, key: nil))
        let target = try await folder.open(key: .test())
        _ = try await FaceTransfer(encrypts: true).take(FaceFileReader(file, key: nil), to: target)
        let taken = try #require(try await target.collection(named: "default"))
        let person = try #require(try await target.person(named: "p", in: taken))
        #expect(taken.isEncrypted)
        #expect(try await target.samples(of: person, in: taken).map(\.attributes) == (1...12).map(Self.attributes))
        let back = try await backend.place()
        let last = try await back.open()
        _ = try await FaceTransfer().copy(from: source, to: last)
        let copied = try #require(try await last.collection(named: "default"))
        let filter = try AttributeFilter("gender=man")
        let count = (1...12).count { filter.matches(Self.attributes($0)) }
        #expect(try await last.sampleIDs(where: filter, of: copied).count == count && count > 2)
    }

    // MARK: Stores of earlier versions

    private static let sqlite = "/usr/bin/sqlite3"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: sqlite), "skipped: no sqlite3 to make an old store with"))
    func anOldFileIsBroughtUpToDate() async throws {
        let folder = try TestFolder()
        do {
            let store = try await folder.open()
            let collection = try await store.makeCollection(.test())
            _ = try await store.add([.test(1, person: "Alice")], to: collection)
        }
        _ = try PostgresServer.run([
            Self.sqlite, folder.file.path,
            "DROP TABLE attributes; DELETE FROM grdb_migrations WHERE identifier = 'attributes'",
        ])
        try await check(try await folder.open())
    }

    @Test(arguments: StoreBackend.installed.filter(\.isPostgres)) func anOldDatabaseIsBroughtUpToDate(
        _ backend: StoreBackend
    ) async throws {
        let place = try await backend.place()
        let server = try #require(place.server)
        do {
            let store = try await place.open()
            let collection = try await store.makeCollection(.test())
            _ = try await store.add([.test(1, person: "Alice")], to: collection)
        }
        let table = backend == .postgres ? "deepface_samples" : "deepface_vector_samples"
        let columns = Attribute.allCases.map { "DROP COLUMN \($0.rawValue)" }.joined(separator: ", ")
        _ = try server.run("ALTER TABLE \(table) \(columns)", in: place.database)
        // A face was told from others in another way.
        _ = try server.run(
            """
            DROP INDEX \(table)_by_photo; CREATE INDEX \(table)_of_photo ON \(table) (collection_id, hash);
            ALTER TABLE \(table) ADD COLUMN face_hash TEXT NOT NULL DEFAULT 'one';
            ALTER TABLE \(table) ALTER COLUMN face_hash DROP DEFAULT
            """, in: place.database)
        try await check(try await place.open(creates: false))
    }

    /// Who was there is found as before, but by no filter; who comes is.
    private func check(_ store: any FaceStore) async throws {
        let collection = try #require(try await store.collection(named: "default"))
        #expect(try await store.samples(ofPhoto: "hash 1", in: collection).map(\.attributes) == [nil])
        _ = try await store.add([Self.face(2, person: "Bob")], to: collection)
        let searcher = FaceSearcher(store)
        func found(_ filter: AttributeFilter?) async throws -> [String] {
            try await searcher.search(
                [NewFace.vector(1)], in: collection, metric: .cosine, limit: 9, within: nil, where: filter)[0]
                .map(\.sample.person)
        }
        #expect(try await found(nil) == ["Alice", "Bob"])
        #expect(try await found(AttributeFilter("gender!=man")) == ["Bob"])
        #expect(try await store.problems().isEmpty)
    }
}
