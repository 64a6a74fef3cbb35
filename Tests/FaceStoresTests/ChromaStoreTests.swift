import DeepFace
import FaceStores
import Foundation
import Testing
import VectorIndex

/// What is Chroma's own: its index and filters, lost connections, tokens, what stands on the server.
struct ChromaStoreTests {
    @Test func addressesThatAreNone() async throws {
        for text in [
            "chroma:", "chroma:localhost", "chroma://", "chroma://h:0", "chroma://h?prefix=a-b", "chroma://h?prefix=_a",
            "chroma://h?x=1", "chroma://h?tls=maybe", "chroma://h/a/b", "chroma://h?tenant=a%2Fb",
        ] {
            let error = await #expect(throws: DeepFaceError.self, "\(text)") {
                try await StoreRegistry.open(StoreAddress(text))
            }
            #expect(error?.code == .invalidOption, "\(text)")
        }
        for text in ["chroma://:s3cret@127.0.0.1:1", "chroma://me:s3cret@127.0.0.1:1?tls=true"] {
            let error = await #expect(throws: DeepFaceError.self) { try await StoreRegistry.open(StoreAddress(text)) }
            #expect(error?.code == .storeUnavailable)
            #expect(error.map { !"\($0)".contains("s3cret") } == true)
        }
    }

    @Test(.needsChroma) func placesThatAreNotThere() async throws {
        let chroma = try ChromaServer()
        let address = "chroma://127.0.0.1:\(chroma.server.port)"
        for (text, creates) in [
            (address, false), ("\(address)/nowhere", true), ("\(address)?tenant=nobody", true),
            ("\(address)?tls=true", true),
        ] {
            let error = await #expect(throws: DeepFaceError.self, "\(text)") {
                try await StoreRegistry.open(StoreAddress(text), creates: creates)
            }
            #expect(error?.code == .storeUnavailable, "\(text)")
        }
    }

    @Test(.needsChroma) func theIndexOfTheServer() async throws {
        let chroma = try ChromaServer()
        let store = try await chroma.open()
        var options = Options()
        options.model = try RecognitionRegistry.model(named: "Facenet")
        let plan = CollectionPlan(name: "default", recipe: EmbeddingRecipe(options), dimensions: 32)
        let collection = try await store.makeCollection(plan)
        let faces = (0..<3000).map { number in
            var face = NewFace.test(number, person: "p\(number % 100)", dimensions: 32)
            face.attributes = FaceAttributes(age: number % 90)
            return face
        }
        _ = try await store.add(faces, to: collection)
        let probes = (0..<20).map { NewFace.vector(90_000 + $0, dimensions: 32) }
        let searcher = FaceSearcher(store)
        let gone = try #require(try await store.person(named: "p7", in: collection))
        try await store.delete([gone], of: collection)
        // The truth, by a store whose searches are our own.
        let folder = try TestFolder()
        let other = try await folder.open()
        let same = try await other.makeCollection(plan)
        _ = try await other.add(faces.filter { $0.person != "p7" }, to: same)
        func found(
            _ metric: DistanceMetric, approximate: Bool, where filter: AttributeFilter? = nil
        ) async throws -> [[FaceMatch]] {
            try await searcher.search(
                probes, in: collection, metric: metric, limit: 10, within: nil, where: filter, approximate: approximate)
        }
        func truth(_ metric: DistanceMetric, where filter: AttributeFilter? = nil) async throws -> [[String]] {
            words(
                try await FaceSearcher(other).search(
                    probes, in: same, metric: metric, limit: 10, within: nil, where: filter))
        }
        func words(_ matches: [[FaceMatch]]) -> [[String]] {
            matches.map { $0.map { "\($0.sample.hash) \($0.distance)" } }
        }
        func hits(_ found: [[FaceMatch]], _ truth: [[String]]) -> Int {
            zip(words(found), truth).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
        }
        // Before there is an index, nothing is passed over.
        #expect(try await searcher.stats(of: collection).indexes.isEmpty)
        for metric in DistanceMetric.allCases {
            let matches = try await found(metric, approximate: true)
            #expect(try await words(matches) == truth(metric), "\(metric)")
            #expect(matches.allSatisfy { $0.allSatisfy(\.isExact) })
        }
        let filter = try AttributeFilter("age<9")
        // Facenet's faces are indexed by the cosine; the second takes a table of its own.
        for (metric, indexed) in [(DistanceMetric.cosine, VectorMetric.cosine), (.euclidean, .euclidean)] {
            try await searcher.build(IndexChoice(kind: .hnsw, recall: 0.95), of: collection, metric: metric)
            let indexes = try await searcher.stats(of: collection).indexes
            #expect(indexes.map(\.kind) == [.hnsw] && indexes.map(\.metric) == [indexed])
            let near = try await found(metric, approximate: true)
            #expect(near.allSatisfy { $0.allSatisfy { !$0.isExact } })
            #expect(try await hits(near, truth(metric)) >= 186, "\(metric)")
            let filtered = try await found(metric, approximate: true, where: filter)
            #expect(filtered.allSatisfy { $0.allSatisfy { filter.matches($0.sample.attributes) } })
            #expect(try await hits(filtered, truth(metric, where: filter)) >= 186, "\(metric)")
            // Without leave to pass any over, none is.
            #expect(try await words(found(metric, approximate: false)) == truth(metric))
            #expect(try await store.problems().isEmpty)
        }
        // Faces that come later are found, and those that go are not.
        _ = try await store.add([.test(7, person: "late", dimensions: 32)], to: collection)
        func nearest() async throws -> String? {
            try await searcher.search(
                [faces[7].vector], in: collection, metric: .euclidean, limit: 1, within: nil, approximate: true)[0]
                .first?.sample.person
        }
        #expect(try await nearest() == "late")
        let late = try #require(try await store.person(named: "late", in: collection))
        try await store.delete([late], of: collection)
        #expect(try await nearest() != "late")
        await #expect(throws: DeepFaceError.self) {
            try await searcher.build(IndexChoice(kind: .ivf), of: collection, metric: .cosine)
        }
        try await searcher.build(IndexChoice(kind: .flat), of: collection, metric: .euclidean)
        #expect(try await searcher.stats(of: collection).indexes.isEmpty)
        try await searcher.delete(collection)
        #expect(try await store.collections().isEmpty)
    }

    /// The index on this machine has files once it is large, and what is deleted is in none of them.
    @Test(.needsChroma) func theIndexOnThisMachine() async throws {
        let chroma = try ChromaServer()
        let store = try await chroma.open()
        let collection = try await store.makeCollection(.test())
        for start in stride(from: 0, to: 20_500, by: 4100) {
            let faces = (start..<start + 4100).map { NewFace.test($0, person: "p\($0 / 10)") }
            _ = try await store.add(faces, to: collection)
        }
        func person(near number: Int) async throws -> String? {
            try await FaceSearcher(try await chroma.open()).search(
                [NewFace.vector(number)], in: collection, metric: .euclidean, limit: 1, within: 1e-4)[0].first?.sample
                .person
        }
        #expect(try await person(near: 20_499) == "p2049")
        let searcher = FaceSearcher(store)
        let written = try await searcher.stats(of: collection).indexes
        #expect(written.map(\.kind) == [.flat] && written.map(\.vectors) == [20_500])
        let folder = try #require(store.indexFolder)
        let secret = NewFace.vector(7).withUnsafeBytes { Data($0) }
        func filesWithSecret() throws -> Int {
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            let own = files.filter { $0.lastPathComponent.hasPrefix(collection.identifier.uuidString.lowercased()) }
            #expect(!own.isEmpty)
            return try own.count { try Data(contentsOf: $0).range(of: secret) != nil }
        }
        #expect(try filesWithSecret() == 1)
        let gone = try #require(try await store.person(named: "p0", in: collection))
        try await store.delete([gone], of: collection)
        try await searcher.purge(collection)
        #expect(try filesWithSecret() == 0)
        #expect(try await person(near: 7) == nil)
        #expect(try await person(near: 20_499) == "p2049")
        #expect(try await searcher.problems(of: collection).isEmpty)
        try await searcher.delete(collection)
        #expect(try await searcher.store.collections().isEmpty)
    }

    /// The server is killed while faces are registered, deleted and searched.
    @Test(.needsChroma) func nothingIsHalfRegistered() async throws {
        let chroma = try ChromaServer()
        try await checkInterruption(of: chroma.server, chroma.open())
    }

    @Test(.needsChroma) func encryptedVectorsCannotBeRead() async throws {
        let chroma = try ChromaServer()
        try await checkEncryption(in: chroma.folder) { try await chroma.open(key: $0) }
    }

    @Test(.needsChroma) func twoStoresOnOneServer() async throws {
        let chroma = try ChromaServer()
        try await checkApartness(chroma.open("one"), chroma.open("other"))
    }

    /// Chroma itself asks for no token; what stands before it may.
    @Test func tokensAreSentAndNotTold() async throws {
        let guardian = """
            import base64, http.server, sys
            class Guardian(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    basic = "Basic " + base64.b64encode(b"me:s3cret").decode()
                    known = self.headers["X-Chroma-Token"] == "s3cret" or self.headers["Authorization"] == basic
                    body = b'{"max_batch_size": 100}' if known else b'{"error": "s3cret"}'
                    there = self.path.endswith("pre-flight-checks")
                    self.send_response((200 if there else 404) if known else 401)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Guardian).serve_forever()
            """
        let server = try TestServer(["python3", "-c", guardian, "{port}"])
        for (who, isKnown) in [(":s3cret@", true), ("me:s3cret@", true), ("", false), (":s3cr3t@", false)] {
            let error = await #expect(throws: DeepFaceError.self) {
                try await StoreRegistry.open(StoreAddress("chroma://\(who)127.0.0.1:\(server.port)"))
            }
            #expect(error?.code == .storeUnavailable)
            #expect(error?.message.contains("no store is there") == isKnown, "\(who)")
            #expect(error.map { !"\($0)".contains("s3cr") } == true)
        }
    }
}
