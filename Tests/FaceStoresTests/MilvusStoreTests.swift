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
        try await checkInterruption(of: milvus.server, milvus.open())
    }

    @Test(.needsMilvus) func encryptedVectorsCannotBeRead() async throws {
        let milvus = try MilvusServer()
        try await checkEncryption(in: milvus.folder) { try await milvus.open(key: $0) }
    }

    @Test(.needsMilvus) func twoStoresOnOneServer() async throws {
        let milvus = try MilvusServer()
        try await checkApartness(milvus.open("one"), milvus.open("other"))
    }
}
