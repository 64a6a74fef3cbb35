import DeepFace
import FaceStores
import Foundation
import Testing

/// Registers, searches and deletes in a store whose server is killed and started three times meanwhile, and looks whether
/// anything is half there afterwards.
func checkInterruption(of server: TestServer, _ store: any FaceStore) async throws {
    let collection = try await store.makeCollection(.test(dimensions: 32))
    let searcher = FaceSearcher(store)
    let (portionsDone, failures) = (Counter(), Counter())
    let working = Task {
        func done(_ work: () async throws -> Void) async throws {
            while true {
                do {
                    return try await work()
                } catch let error as DeepFaceError where !Task.isCancelled {
                    #expect(error.code == .storeUnavailable, "\(error)")
                    await failures.add()
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
                    guard let person = try await store.person(named: "p\(portion - 1)", in: collection) else { return }
                    try await store.delete([person], of: collection)
                }
            }
            portion += 1
            await portionsDone.add()
        }
    }
    for _ in 0..<3 {
        try await portionsDone.wait(forMore: 2)
        server.kill()
        // It stays away until it was missed: until a question was repeated for as long as questions are.
        try await failures.wait(forMore: 1)
        try server.start()
    }
    try await portionsDone.wait(forMore: 2)
    working.cancel()
    _ = await working.result
    // What the end cut off is finished by the next writer.
    _ = try await store.add([.test(1, person: "last", dimensions: 32)], to: collection)
    let people = try await store.people(of: collection, after: nil, limit: 10_000)
    #expect(people.count > 3 && people.allSatisfy { $0.samples == 20 || $0.name == "last" })
    #expect(try await store.sampleCount(of: collection) == people.reduce(0) { $0 + $1.samples })
    let vectors = try await store.vectors(of: collection, after: 0, limit: 100_000)
    #expect(Set(vectors.map(\.vector)).count == vectors.count, "a face is there twice")
    #expect(try await store.problems().isEmpty)
}

/// Looks whether neither vectors nor photos of an encrypted collection can be read in the folder of a server, or without
/// the key.
func checkEncryption(in folder: TestFolder, open: (StoreKey?) async throws -> any FaceStore) async throws {
    let photo = Data((0..<120_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let store = try await open(.test())
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
    let contents = try folder.contents().values
    for secret in [plain, Data(plain.base64EncodedString().utf8), Data(photo.base64EncodedString().utf8.prefix(64))] {
        #expect(contents.allSatisfy { $0.range(of: secret) == nil })
    }
    for key in [nil, try StoreKey.test(8)] {
        let other = try await open(key)
        let error = await #expect(throws: DeepFaceError.self) { try await other.collection(named: "default") }
        #expect(error?.code == .storeUnavailable)
    }
}

/// Looks whether two stores on one server know nothing of each other.
func checkApartness(_ one: any FaceStore, _ other: any FaceStore) async throws {
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
