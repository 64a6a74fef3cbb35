import DeepFace
import FaceStores
import Foundation
import Testing
import VectorIndex

/// What is Milvus' own: its indexes, lost connections, what stands on the server.
struct MilvusStoreTests {
    @Test func addressesThatAreNone() async throws {
        for text in [
            "milvus:", "milvus:localhost", "milvus://", "milvus://h:0", "milvus://h?prefix=a-b", "milvus://h?x=1",
        ] {
            let error = await #expect(throws: DeepFaceError.self, "\(text)") {
                try await StoreRegistry.open(StoreAddress(text))
            }
            #expect(error?.code == .invalidOption, "\(text)")
        }
        let error = await #expect(throws: DeepFaceError.self) {
            try await StoreRegistry.open(StoreAddress("milvus://someone:s3cret@127.0.0.1:1"))
        }
        #expect(error?.code == .storeUnavailable)
        #expect(error.map { !"\($0)".contains("s3cret") } == true)
    }

    @Test(.needsMilvus) func indexesOfTheServer() async throws {
        let milvus = try MilvusServer()
        let store = try await milvus.open()
        // The model's own metric decides about the index; this one compares by the cosine.
        var options = Options()
        options.model = try RecognitionRegistry.model(named: "Facenet")
        let collection = try await store.makeCollection(
            CollectionPlan(name: "default", recipe: EmbeddingRecipe(options), dimensions: 32))
        let faces = (0..<3000).map { NewFace.test($0, person: "p\($0 % 100)", dimensions: 32) }
        _ = try await store.add(faces, to: collection)
        let probes = (0..<20).map { NewFace.vector(90_000 + $0, dimensions: 32) }
        let searcher = FaceSearcher(store)
        func found(_ metric: DistanceMetric, approximate: Bool = false) async throws -> [[FaceMatch]] {
            try await searcher.search(
                probes, in: collection, metric: metric, limit: 10, within: nil, approximate: approximate)
        }
        // The truth, by a store whose searches are our own.
        let folder = try TestFolder()
        let other = try await folder.open()
        let same = try await other.makeCollection(
            CollectionPlan(name: "default", recipe: EmbeddingRecipe(options), dimensions: 32))
        _ = try await other.add(faces, to: same)
        func truth(_ metric: DistanceMetric) async throws -> [[String]] {
            try await FaceSearcher(other).search(probes, in: same, metric: metric, limit: 10, within: nil).map {
                $0.map { "\($0.sample.hash) \($0.distance)" }
            }
        }
        func words(_ matches: [[FaceMatch]]) -> [[String]] {
            matches.map { $0.map { "\($0.sample.hash) \($0.distance)" } }
        }
        for metric in DistanceMetric.allCases {
            let matches = try await found(metric)
            #expect(try await words(matches) == truth(metric), "\(metric)")
            #expect(matches.allSatisfy { $0.allSatisfy(\.isExact) })
        }
        for kind in [IndexKind.hnsw, .ivf] {
            try await searcher.build(IndexChoice(kind: kind, recall: 0.95), of: collection, metric: .cosine)
            #expect(try await searcher.stats(of: collection).indexes.map(\.kind) == [kind])
            let near = try await words(found(.cosine, approximate: true))
            let exact = try await truth(.cosine)
            let hits = zip(near, exact).reduce(0) { $0 + Set($1.0).intersection($1.1).count }
            #expect(hits >= 186, "\(kind) finds \(hits) of 200")
            // Without leave to pass any over, none is.
            #expect(try await words(found(.cosine)) == exact)
        }
        await #expect(throws: DeepFaceError.self) {
            try await searcher.build(IndexChoice(kind: .binary), of: collection, metric: .cosine)
        }
        try await searcher.build(IndexChoice(kind: .flat), of: collection, metric: .euclidean)
        #expect(try await words(found(.euclidean)) == truth(.euclidean))
    }

    /// The server is killed while faces are registered, deleted and searched.
    @Test(.needsMilvus) func nothingIsHalfRegistered() async throws {
        let milvus = try MilvusServer()
        let store = try await milvus.open()
        let collection = try await store.makeCollection(.test(dimensions: 32))
        let searcher = FaceSearcher(store)
        let portionsDone = Counter()
        let working = Task {
            var failures = 0
            func done(_ work: () async throws -> Void) async throws {
                while true {
                    do {
                        return try await work()
                    } catch let error as DeepFaceError {
                        #expect(error.code == .storeUnavailable, "\(error)")
                        failures += 1
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }
            }
            var portion = 0
            while !Task.isCancelled {
                let faces = (0..<20).map {
                    NewFace.test(
                        20 * portion + $0, person: "p\(portion)", dimensions: 32, photo: Data([UInt8(portion % 250)]))
                }
                try await done { _ = try await store.add(faces, to: collection) }
                try await done {
                    let found = try await searcher.search(
                        [faces[7].vector], in: collection, metric: .euclidean, limit: 1, within: 1e-4)
                    #expect(found[0].map(\.sample.person) == ["p\(portion)"])
                }
                if portion % 3 == 2 {
                    try await done {
                        guard let person = try await store.person(named: "p\(portion - 1)", in: collection) else {
                            return
                        }
                        try await store.delete([person], of: collection)
                    }
                }
                portion += 1
                await portionsDone.add()
            }
            return (portion, failures)
        }
        for _ in 0..<3 {
            try await portionsDone.wait(forMore: 2)
            milvus.server.kill()
            try await Task.sleep(for: .milliseconds(200))
            try milvus.server.start()
        }
        try await portionsDone.wait(forMore: 2)
        working.cancel()
        let result = await working.result
        // What the end cut off is finished by the next writer.
        _ = try await store.add([.test(1, person: "last", dimensions: 32)], to: collection)
        if let (portions, failures) = try? result.get() {
            #expect(portions > 3)
            #expect(failures > 0, "the server was not needed while it was away")
        }
        let people = try await store.people(of: collection, after: nil, limit: 10_000)
        #expect(people.count > 3 && people.allSatisfy { $0.samples == 20 || $0.name == "last" })
        #expect(try await store.sampleCount(of: collection) == people.reduce(0) { $0 + $1.samples })
        let vectors = try await store.vectors(of: collection, after: 0, limit: 100_000)
        #expect(Set(vectors.map(\.vector)).count == vectors.count, "a face is there twice")
        #expect(try await store.problems().isEmpty)
    }

    @Test(.needsMilvus) func encryptedVectorsCannotBeRead() async throws {
        let milvus = try MilvusServer()
        let photo = Data((0..<120_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let store = try await milvus.open(key: .test())
        let collection = try await store.makeCollection(.test(isEncrypted: true))
        _ = try await store.add([.test(1, person: "Alice", photo: photo), .test(2, person: "Bob")], to: collection)
        #expect(
            try await store.vectors(of: collection, after: 0, limit: 9).map(\.vector) == [
                NewFace.vector(1), NewFace.vector(2),
            ])
        let sample = try await store.samples(ofPhoto: "hash 1", in: collection)[0]
        #expect(try await store.photo(of: sample, in: collection) == photo)
        let found = try await FaceSearcher(store).search(
            [NewFace.vector(2)], in: collection, metric: .cosine, limit: 1, within: nil)
        #expect(found[0].map(\.sample.person) == ["Bob"])
        #expect(try await store.problems().isEmpty)
        let plain = NewFace.vector(1).withUnsafeBytes { Data($0) }
        #expect(try milvus.folder.contents().values.allSatisfy { $0.range(of: plain) == nil })
        for key in [nil, try StoreKey.test(8)] {
            let other = try await milvus.open(key: key)
            let error = await #expect(throws: DeepFaceError.self) { try await other.collection(named: "default") }
            #expect(error?.code == .storeUnavailable)
        }
    }

    @Test(.needsMilvus) func twoStoresOnOneServer() async throws {
        let milvus = try MilvusServer()
        let (one, other) = (try await milvus.open("one"), try await milvus.open("other"))
        let collection = try await one.makeCollection(.test())
        _ = try await one.add([.test(1, person: "Alice")], to: collection)
        #expect(try await other.collections().isEmpty)
        let same = try await other.makeCollection(.test())
        #expect(try await other.sampleCount(of: same) == 0)
        try await other.delete(same)
        #expect(try await one.sampleCount(of: collection) == 1)
        let error = await #expect(throws: DeepFaceError.self) { try await other.sampleCount(of: same) }
        #expect(error?.code == .notFound)
    }
}
