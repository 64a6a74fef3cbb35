import DeepFace
import FaceStores
import Foundation
import Testing
import VectorIndex

/// A collection large enough that its index is worth files.
struct LargeCollectionTests {
    private static let count = 25_000

    private func open(_ folder: TestFolder) async throws -> (any FaceStore, FaceCollection) {
        let store = try await folder.open()
        return (store, try await store.makeCollection(.test(dimensions: 16)))
    }

    private func people(near numbers: [Int], in collection: FaceCollection, of store: any FaceStore) async throws
        -> [[String]]
    {
        try await FaceSearcher(store).search(
            numbers.map { NewFace.vector($0, dimensions: 16) }, in: collection, metric: .cosine, limit: 1, within: 1e-5
        ).map { $0.map(\.sample.person) }
    }

    @Test func theFirstSearchWritesItsIndexAndLaterOnesUseIt() async throws {
        let folder = try TestFolder()
        let (store, collection) = try await open(folder)
        for start in stride(from: 0, to: Self.count, by: 5000) {
            let faces = (start..<start + 5000).map { NewFace.test($0, person: "p\($0)", dimensions: 16) }
            _ = try await store.add(faces, to: collection)
        }
        #expect(try await FaceSearcher(store).stats(of: collection).indexes.isEmpty)
        #expect(try await people(near: [3, 24_999], in: collection, of: store) == [["p3"], ["p24999"]])
        let written = try await FaceSearcher(store).stats(of: collection).indexes
        #expect(written.map(\.kind) == [.flat] && written[0].vectors == Self.count)

        // Few changes are not worth writing it again, and are found all the same.
        let (again, _) = try await open(folder)
        _ = try await again.add([.test(30_000, person: "new", dimensions: 16)], to: collection)
        let gone = try #require(try await again.person(named: "p3", in: collection))
        try await again.delete([gone], of: collection)
        #expect(try await people(near: [30_000, 3, 4], in: collection, of: again) == [["new"], [], ["p4"]])
        #expect(try await FaceSearcher(again).stats(of: collection).indexes[0].vectors == Self.count)

        // Many are.
        let more = (40_000..<44_000).map { NewFace.test($0, person: "q\($0)", dimensions: 16) }
        _ = try await again.add(more, to: collection)
        #expect(try await people(near: [43_999], in: collection, of: again) == [["q43999"]])
        #expect(try await FaceSearcher(again).stats(of: collection).indexes[0].vectors == Self.count + 4000)
        #expect(try await FaceSearcher(again).problems(of: collection).isEmpty)
    }
}
