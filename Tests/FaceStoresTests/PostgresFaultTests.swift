import DeepFace
import FaceStores
import Foundation
import Testing

/// What can go wrong between a store and its PostgreSQL server.
struct PostgresFaultTests {
    private static let backends = StoreBackend.installed.filter(\.isPostgres)
    private static let note: Comment = "no server is installed: apt-get install postgresql, make store-servers"

    @Test(.enabled(if: !backends.isEmpty, note), arguments: backends)
    func whoMayNotIsTold(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let server = try #require(place.server)
        let scheme = String(place.address.prefix { $0 != ":" })
        func failure(_ address: String) async throws -> DeepFaceError {
            let error = await #expect(throws: DeepFaceError.self) {
                try await StoreRegistry.open(StoreAddress(address), creates: true)
            }
            return try #require(error)
        }
        var error = try await failure(server.address(scheme, place.database, password: "wrong:secret/pass@word"))
        #expect(error.code == .storeUnavailable && error.message.contains("password"))
        #expect(!"\(error)".contains("secret") && "\(error)".contains("***"))
        error = try await failure(server.address(scheme, "nowhere"))
        #expect(error.code == .storeUnavailable && error.message.contains("nowhere"))
        error = try await failure("\(scheme)://x:secret@127.0.0.1:1/x")
        #expect(error.code == .storeUnavailable && error.message.contains("cannot be reached"))
        #expect(!"\(error)".contains("secret"))
        for address in [
            "\(scheme)://u:sec/ret@h:x/y", "\(scheme):nonsense", "\(scheme)://h/d?sslmodus=1&password=secret",
        ] {
            error = try await failure(address)
            #expect(error.code == .invalidOption && !"\(error)".contains("sec"), "\(error)")
        }
        // A user who may look in and no more.
        _ = try? server.run("CREATE USER guest PASSWORD 'guest'")
        let guest = server.address(scheme, place.database, user: "guest", password: "guest")
        error = try await failure(guest)
        #expect(error.code == .storeUnavailable && error.message.contains("lacks rights"))
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        _ = try await store.add([.test(1, person: "Alice")], to: collection)
        try server.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest", in: place.database)
        let reader = try await StoreRegistry.open(StoreAddress(guest))
        let found = try await FaceSearcher(reader).search(
            [NewFace.vector(1)], in: collection, metric: .cosine, limit: 1, within: nil)
        #expect(found[0].map(\.sample.person) == ["Alice"])
        let refused = await #expect(throws: DeepFaceError.self) {
            try await reader.add([.test(2, person: "Bob")], to: collection)
        }
        #expect(refused?.code == .storeUnavailable && refused?.message.contains("lacks rights") == true)
        #expect(try await store.sampleCount(of: collection) == 1)
    }

    /// A server of its own: others must not feel it.
    @Test(.enabled(if: !backends.isEmpty, note), arguments: backends)
    func aServerThatBreaksDown(_ backend: StoreBackend) async throws {
        let place = try await backend.place(shared: false)
        let server = try #require(place.server)
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        let searcher = FaceSearcher(store)
        let done = Counter()
        let writing = Task.detached { () -> (added: Set<Int>, failures: Int) in
            var (added, failures) = (Set<Int>(), 0)
            var portion = 0
            while !Task.isCancelled {
                let faces = (0..<50).map { NewFace.test(50 * portion + $0, person: "p\(portion)") }
                do throws(DeepFaceError) {
                    let result = try await store.add(faces, to: collection)
                    let isNew = result.allSatisfy { $0.isNew }
                    #expect(isNew, "nobody else adds: all are new, told by whichever attempt")
                    added.insert(portion)
                    await done.add()
                } catch {
                    #expect(error.code == .storeUnavailable || error.code == .cancelled)
                    failures += 1
                }
                portion += 1
            }
            return (added, failures)
        }
        let reading = Task.detached {
            while !Task.isCancelled {
                do throws(DeepFaceError) {
                    _ = try await searcher.search(
                        [NewFace.vector(3)], in: collection, metric: .cosine, limit: 3, within: nil)
                } catch {
                    #expect(error.code == .storeUnavailable || error.code == .cancelled, "\(error)")
                }
            }
        }
        for _ in 0..<3 {
            try await done.wait(forMore: 3)
            try server.crash()
            try server.start()
        }
        try await done.wait(forMore: 3)
        writing.cancel()
        reading.cancel()
        let (added, _) = await writing.value
        await reading.value
        let people = try await store.people(of: collection, after: nil, limit: 100_000)
        #expect(people.allSatisfy { $0.samples == 50 }, "each portion as a whole or not at all")
        #expect(added.isSubset(of: Set(people.compactMap { Int($0.name.dropFirst()) })), "nothing is lost")
        #expect(added.count >= 12)
        #expect(try await store.problems().isEmpty)
        let last = try #require(added.max())
        let found = try await FaceSearcher(store).search(
            [NewFace.vector(50 * last)], in: collection, metric: .cosine, limit: 1, within: 1e-5)
        #expect(found[0].map(\.sample.person) == ["p\(last)"])
    }

    @Test(.enabled(if: !backends.isEmpty, note), arguments: backends)
    func aCancelledCallEnds(_ backend: StoreBackend) async throws {
        let place = try await backend.place()
        let server = try #require(place.server)
        let store = try await place.open()
        let collection = try await store.makeCollection(.test())
        _ = try await store.add([.test(1, person: "Alice")], to: collection)
        // Somebody keeps the store locked.
        let database = place.database
        let table = backend == .postgres ? "embeddings" : "deepface_vector_samples"
        server.begin("BEGIN; DELETE FROM \(table); SELECT pg_sleep(100)", in: database)
        try await server.wait(forWaiting: 0, in: database)
        let adding = Task.detached { try await store.add([.test(2, person: "Bob")], to: collection) }
        try await server.wait(forWaiting: 1, in: database)
        adding.cancel()
        let error = await #expect(throws: DeepFaceError.self) { try await adding.value }
        #expect(error?.code == .cancelled)
        try server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; DELETE%'", in: database)
        #expect(try await store.sampleCount(of: collection) == 1)
        #expect(try await store.add([.test(2, person: "Bob")], to: collection)[0].isNew)
    }
}
