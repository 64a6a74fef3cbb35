import DeepFace
import FaceStores
import Foundation
import Testing
import VectorIndex

struct FaceSearcherTests {
    /// The distances of a probe to all of `faces`, as `verify` computes them.
    private func expected(_ probe: [Float], _ faces: [NewFace], _ metric: DistanceMetric) throws -> [(Double, String)] {
        try faces.map { face in
            ((try metric.distance(probe, face.vector) * 1e6).rounded(.toNearestOrEven) / 1e6, face.image)
        }.sorted { $0 < $1 }
    }

    @Test(arguments: StoreBackend.installed, DistanceMetric.allCases)
    func findsWhatIsNear(_ backend: StoreBackend, _ metric: DistanceMetric) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let faces = (0..<500).map { NewFace.test($0, person: "p\($0 % 50)") }
        _ = try await store.add(faces, to: collection)
        let searcher = FaceSearcher(store)
        let probes = [NewFace.vector(9001), NewFace.vector(7)]
        let expected = try probes.map { try self.expected($0, faces, metric) }

        let nearest = try await searcher.search(probes, in: collection, metric: metric, limit: 20, within: nil)
        for (found, expected) in zip(nearest, expected) {
            #expect(found.map(\.sample.image) == expected.prefix(20).map(\.1))
            #expect(found.map(\.distance) == expected.prefix(20).map(\.0) && found.allSatisfy(\.isExact))
        }
        // All within a distance, more than are asked for at first; the distance itself counts.
        let limit = expected[0][250].0
        let within = try await searcher.search(probes, in: collection, metric: metric, limit: nil, within: limit)
        for (found, expected) in zip(within, expected) {
            #expect(found.map(\.sample.image) == expected.filter { $0.0 <= limit }.map(\.1))
        }
        let both = try await searcher.search(probes, in: collection, metric: metric, limit: 3, within: limit)
        #expect(both.map(\.count) == [3, 3])
        #expect(try await searcher.search([], in: collection, metric: metric, limit: 1, within: nil).isEmpty)
    }

    @Test(arguments: StoreBackend.installed) func followsTheStore(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let searcher = FaceSearcher(store)
        func nearest(_ number: Int, people: [Person]? = nil) async throws -> [String] {
            try await searcher.search(
                [NewFace.vector(number)], in: collection, metric: .euclidean, limit: 5, within: 1e-4, people: people
            )[0].map(\.sample.person)
        }
        #expect(try await nearest(1) == [])
        // By another connection, as another process would.
        let other = try await folder.open()
        _ = try await other.add([.test(1, person: "Alice"), .test(2, person: "Bob")], to: collection)
        #expect(try await nearest(1) == ["Alice"])
        let alice = try #require(try await other.person(named: "Alice", in: collection))
        let bob = try #require(try await other.person(named: "Bob", in: collection))
        #expect(try await nearest(1, people: [bob]) == [])
        #expect(try await nearest(1, people: [alice, bob]) == ["Alice"])
        _ = try await other.rename(alice, to: "Alicia", in: collection)
        #expect(try await nearest(1) == ["Alicia"])
        try await other.delete([alice], of: collection)
        #expect(try await nearest(1) == [])
        #expect(try await nearest(2) == ["Bob"])
    }

    @Test func anIndexOnTheDiskIsUsedFollowedAndMadeAnew() async throws {
        let folder = try TestFolder()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        _ = try await store.add((0..<300).map { .test($0, person: "p\($0)") }, to: collection)
        try await FaceSearcher(store).build(IndexChoice(kind: .flat), of: collection, metric: .cosine)
        let before = try await FaceSearcher(store).stats(of: collection)
        #expect(
            before.indexes.map(\.kind) == [.flat] && before.indexes[0].vectors == 300 && before.indexes[0].bytes > 0)
        #expect(before.faces == 300 && before.people == 300)

        // Registered and deleted since it was written.
        _ = try await store.add([.test(1000, person: "new")], to: collection)
        let gone = try #require(try await store.person(named: "p7", in: collection))
        try await store.delete([gone], of: collection)
        func check() async throws {
            let searcher = FaceSearcher(store)
            let found = try await searcher.search(
                [NewFace.vector(1000), NewFace.vector(7), NewFace.vector(8)], in: collection, metric: .cosine, limit: 1,
                within: 1e-4)
            #expect(found.map { $0.map(\.sample.person) } == [["new"], [], ["p8"]])
            #expect(try await searcher.problems(of: collection).isEmpty)
        }
        try await check()

        // Damaged: told by the check, passed over by a search, made anew by a build.
        let name = try #require(try folder.contents().keys.first { $0.hasSuffix(".flat") })
        let url = folder.url.appending(path: "faces.db-index/\(name)")
        var content = try Data(contentsOf: url)
        content[content.count / 2] ^= 0x55
        try content.write(to: url)
        #expect(try await !FaceSearcher(store).problems(of: collection).isEmpty)
        let found = try await FaceSearcher(store).search(
            [NewFace.vector(8)], in: collection, metric: .cosine, limit: 1, within: 1e-4)
        #expect(found[0].map(\.sample.person) == ["p8"])
        try await FaceSearcher(store).build(IndexChoice(), of: collection, metric: .cosine)
        try await check()
        #expect(try folder.contents().keys.count { $0.hasSuffix(".flat") } == 1, "the old file is gone")
    }

    @Test func whatIsDeletedLeavesTheIndexFilesToo() async throws {
        let folder = try TestFolder()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test(dimensions: 64))
        _ = try await store.add((0..<200).map { .test($0, person: "p\($0)", dimensions: 64) }, to: collection)
        let searcher = FaceSearcher(store)
        for metric in [DistanceMetric.cosine, .euclidean] {
            try await searcher.build(IndexChoice(kind: .flat), of: collection, metric: metric)
        }
        let person = try #require(try await store.person(named: "p11", in: collection))
        try await store.delete([person], of: collection)
        try await searcher.purge(collection)
        let stats = try await FaceSearcher(store).stats(of: collection)
        #expect(stats.indexes.map(\.vectors) == [199, 199])
        let bytes = NewFace.vector(11, dimensions: 64).withUnsafeBytes { Data($0) }
        for (name, content) in try folder.contents() {
            #expect(content.range(of: bytes) == nil, "\(name)")
        }
        try await searcher.delete(collection)
        #expect(try folder.contents().keys.allSatisfy { $0.hasPrefix("faces.db") })
    }

    @Test(arguments: [IndexKind.binary, .ivf, .hnsw, .faiss]) func anApproximateIndexFollowsToo(_ kind: IndexKind)
        async throws
    {
        let folder = try TestFolder()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test(dimensions: 32))
        _ = try await store.add((0..<1200).map { .test($0, person: "p\($0)", dimensions: 32) }, to: collection)
        try await FaceSearcher(store).build(IndexChoice(kind: kind), of: collection, metric: .cosine)
        _ = try await store.add([.test(5000, person: "new", dimensions: 32)], to: collection)
        let gone = try #require(try await store.person(named: "p7", in: collection))
        try await store.delete([gone], of: collection)
        let searcher = FaceSearcher(store)
        for isPurged in [false, true] {
            if isPurged { try await searcher.purge(collection) }
            let probes = [5000, 7, 8].map { NewFace.vector($0, dimensions: 32) }
            let found = try await searcher.search(
                probes, in: collection, metric: .cosine, limit: 1, within: 1e-4, approximate: true)
            #expect(found.map { $0.map(\.sample.person) } == [["new"], [], ["p8"]])
            #expect(found[0][0].isExact == false)
            #expect(try await searcher.problems(of: collection).isEmpty)
            let stats = try await searcher.stats(of: collection)
            #expect(stats.indexes.map(\.kind) == [kind] && stats.indexes[0].bytes > 0)
        }
        let bytes = NewFace.vector(7, dimensions: 32).withUnsafeBytes { Data($0) }
        #expect(try folder.contents().allSatisfy { $0.value.range(of: bytes) == nil })
        // Without leave to approximate, the answer is the exact one.
        let exact = try await searcher.search(
            [NewFace.vector(8, dimensions: 32)], in: collection, metric: .cosine, limit: 1, within: nil)
        #expect(exact[0][0].isExact)
    }

    @Test func otherSettingsAreRefused() async throws {
        let folder = try TestFolder()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        var options = Options()
        options.detector = .dlib
        options.expand = 5
        let error = #expect(throws: DeepFaceError.self) { try collection.check(EmbeddingRecipe(options)) }
        #expect(error?.code == .recipeMismatch)
        #expect(error?.message.contains("detector mtcnn, not dlib") == true)
        #expect(error?.message.contains("expand 0, not 5") == true)
        options = Options()
        options.maximumFaces = 1
        options.antiSpoofing = true
        #expect(throws: Never.self) { try collection.check(EmbeddingRecipe(options)) }
        let wrong = await #expect(throws: DeepFaceError.self) {
            try await FaceSearcher(store).search([[1, 2]], in: collection, metric: .cosine, limit: 1, within: nil)
        }
        #expect(wrong?.code == .invalidEmbedding)
    }
}
