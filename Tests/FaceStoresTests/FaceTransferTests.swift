import DeepFace
import FaceStores
import Foundation
import Testing

/// Collections on their way from store to store and through files.
struct FaceTransferTests {
    static let photo = Data((0..<700).map { UInt8(truncatingIfNeeded: $0 &* 13) })

    /// Two collections, one of them encrypted; a photo is kept, of two faces.
    private static func fill(_ store: any FaceStore) async throws {
        let collection = try await store.makeCollection(.test())
        var second = NewFace.test(1, person: "Bob", photo: photo)
        second.facialArea.x = 70
        second.facialArea.nose = [80, 9]
        var old = NewFace.test(3, person: "Zoë \"Z\"")
        old.created = Date(timeIntervalSince1970: 1_000_000_000.25)
        _ = try await store.add([.test(1, person: "Alice", photo: photo), second, old], to: collection)
        let secret = try await store.makeCollection(.test("secret", isEncrypted: true))
        _ = try await store.add(
            [.test(1, person: "Carol", photo: photo), .test(2, person: "Dan")], to: secret)
    }

    /// All that a store says of its collections but for numbers, which are each store's own.
    static func content(_ store: any FaceStore) async throws -> [String] {
        var lines: [String] = []
        for listed in try await store.collections() {
            let collection = try #require(try await store.collection(named: listed.name))
            lines.append("\(collection.name) \(collection.recipe) \(collection.dimensions) \(collection.isEncrypted)")
            let vectors = try await store.vectors(of: collection, after: 0, limit: 100_000)
            let samples = try await store.samples(vectors.map(\.id), of: collection)
            for (vector, sample) in zip(vectors, samples) {
                let photo = try await store.photo(of: sample, in: collection)
                lines.append(
                    "\(sample.person) \(sample.image) \(sample.hash) \(sample.facialArea) \(sample.faceConfidence) "
                        + "\(sample.created.timeIntervalSince1970) \(vector.vector) \(photo?.base64EncodedString() ?? "-")"
                )
            }
        }
        return lines
    }

    @Test func everythingComesAlong() async throws {
        let (one, other) = (try TestFolder(), try TestFolder())
        let source = try await one.open(key: .test())
        try await Self.fill(source)
        // Another key where they go.
        let target = try await other.open(key: .test(9))
        let results = try await FaceTransfer().copy(from: source, to: target)
        #expect(results.map(\.inserted) == [3, 2] && results.map(\.duplicates) == [0, 0])
        #expect(try await Self.content(target) == Self.content(source))
        let again = try await FaceTransfer().copy(from: source, to: target)
        #expect(again.map(\.inserted) == [0, 0] && again.map(\.duplicates) == [3, 2])
        #expect(try await Self.content(target) == Self.content(source))
        // The encrypted one cannot be read without its key.
        let blind = try await other.open()
        await #expect(throws: DeepFaceError.self) { try await blind.collection(named: "secret") }
    }

    @Test func throughAFile() async throws {
        let (one, other) = (try TestFolder(), try TestFolder())
        let source = try await one.open(key: .test())
        try await Self.fill(source)
        let file = one.url.appending(path: "faces.ndjson")
        let written = try await FaceTransfer().export(from: source, to: FaceFileWriter(file, key: .test()))
        #expect(written.map(\.inserted) == [3, 2])
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.split(separator: "\n").count == 8)
        // What was encrypted is: the photo stands in it twice, not three times.
        let plain = Self.photo.base64EncodedString()
        #expect(text.components(separatedBy: plain).count == 3)

        let target = try await other.open(key: .test())
        let taken = try await FaceTransfer().take(FaceFileReader(file, key: .test()), to: target)
        #expect(taken.map(\.inserted) == [3, 2])
        #expect(try await Self.content(target) == Self.content(source))
        let again = try await FaceTransfer(collections: ["default"]).take(
            FaceFileReader(file, key: .test()), to: target)
        #expect(again.map(\.duplicates) == [3])
        for key in [nil, try StoreKey.test(8)] {
            let error = await #expect(throws: DeepFaceError.self) {
                try await FaceTransfer().take(FaceFileReader(file, key: key), to: target)
            }
            #expect(error?.code == .storeUnavailable)
        }
    }

    @Test func aFileThatIsNotWholeIsTold() async throws {
        let folder = try TestFolder()
        let source = try await folder.open(key: .test())
        try await Self.fill(source)
        let file = folder.url.appending(path: "faces.ndjson")
        _ = try await FaceTransfer(collections: ["default"]).export(from: source, to: FaceFileWriter(file, key: nil))
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: true)
        let damaged: [[Substring]] = [
            [], lines.dropLast(), [lines[1]], [lines[0], lines[1], lines[4]], [lines[0], lines[1].dropLast(9)],
            [lines[0], "{}"], ["nonsense"],
        ].map(Array.init)
        for (number, lines) in damaged.enumerated() {
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let place = try TestFolder()
            let target = try await place.open()
            let error = await #expect(throws: DeepFaceError.self, "\(number)") {
                try await FaceTransfer().take(FaceFileReader(file, key: nil), to: target)
            }
            #expect(error?.code == .unreadableInput, "\(number)")
        }
    }

    @Test func whatDoesNotFitIsRefusedBeforeAnythingMoves() async throws {
        let (one, other) = (try TestFolder(), try TestFolder())
        let source = try await one.open(key: .test())
        try await Self.fill(source)
        let target = try await other.open(key: .test())
        var options = Options()
        options.expand = 20
        _ = try await target.makeCollection(
            CollectionPlan(name: "secret", recipe: EmbeddingRecipe(options), dimensions: 8))
        var error = await #expect(throws: DeepFaceError.self) {
            try await FaceTransfer().copy(from: source, to: target)
        }
        #expect(error?.code == .recipeMismatch)
        #expect(try await target.collections().map(\.name) == ["secret"])
        // An encrypted collection does not come into one that is not.
        let place = try TestFolder()
        let third = try await place.open(key: .test())
        _ = try await third.makeCollection(.test("secret"))
        error = await #expect(throws: DeepFaceError.self) { try await FaceTransfer().copy(from: source, to: third) }
        #expect(error?.code == .invalidOption)
        // Nor anywhere without its key.
        let blind = try await one.open()
        error = await #expect(throws: DeepFaceError.self) { try await FaceTransfer().copy(from: blind, to: third) }
        #expect(error?.code == .storeUnavailable)
        error = await #expect(throws: DeepFaceError.self) {
            try await FaceTransfer(collections: ["none"]).copy(from: source, to: third)
        }
        #expect(error?.code == .notFound)
        #expect(try await third.collections().map(\.name) == ["secret"])
    }

    @Test func aWriterThatIsGivenUpLeavesNoFile() async throws {
        let folder = try TestFolder()
        let file = folder.url.appending(path: "faces.ndjson")
        try Data("before".utf8).write(to: file)
        do { _ = try FaceFileWriter(file, key: nil) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["faces.ndjson"])
        #expect(try String(contentsOf: file, encoding: .utf8) == "before")
    }

    @Test(.needsRedis, .needsMilvus) func betweenStoresOfThreeKinds() async throws {
        let (folder, last, redis, milvus) = (try TestFolder(), try TestFolder(), try RedisServer(), try MilvusServer())
        let source = try await folder.open(key: .test())
        try await Self.fill(source)
        let middle = try await redis.open(key: .test())
        _ = try await FaceTransfer().copy(from: source, to: middle)
        #expect(try await Self.content(middle) == Self.content(source))
        let far = try await milvus.open(key: .test())
        _ = try await FaceTransfer().copy(from: middle, to: far)
        #expect(try await Self.content(far) == Self.content(source))
        let back = try await last.open(key: .test())
        _ = try await FaceTransfer().copy(from: far, to: back)
        #expect(try await Self.content(back) == Self.content(source))
    }
}
