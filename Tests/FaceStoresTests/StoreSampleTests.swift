import DeepFace
import FaceStores
import Foundation
import Testing

/// What every store does with single samples, their photos, and parts of names.
struct StoreSampleTests {
    @Test(arguments: StoreBackend.installed) func keptPhotosAreKnown(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let photo = Data("a photo".utf8)
        let added = try await store.add(
            [
                .test(1, person: "Alice"), .test(2, person: "Alice", photo: photo),
                .test(3, person: "Alice", photo: photo), .test(4, person: "Bob"), .test(5, person: "Eve", photo: photo),
            ], to: collection)
        let people = try await store.people(of: collection, after: nil, limit: 9)
        #expect(
            try await store.portraits(of: people, in: collection)
                == [people[0].id: added[1].id, people[2].id: added[4].id])
        #expect(try await store.portraits(of: [], in: collection).isEmpty)
        let hashes = Set((1...9).map { "hash \($0)" })
        #expect(try await store.keptPhotos(hashes, in: collection) == ["hash 2", "hash 3", "hash 5"])
        #expect(try await store.keptPhotos([], in: collection).isEmpty)
        let other = try await store.makeCollection(.test("other"))
        #expect(try await store.keptPhotos(hashes, in: other).isEmpty)
    }

    @Test(arguments: StoreBackend.installed) func singleSamplesAreDeleted(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let photo = Data("a photo".utf8)
        var second = NewFace.test(1, person: "Alice", photo: photo)
        second.facialArea.x = 70
        second.vector = NewFace.vector(7)
        let ids = try await store.add(
            [.test(1, person: "Alice", photo: photo), second, .test(2, person: "Bob", photo: photo)], to: collection
        ).map(\.id)
        let searcher = FaceSearcher(store)
        func nearest(to number: Int) async throws -> Int64? {
            try await searcher.search(
                [NewFace.vector(number)], in: collection, metric: .euclidean, limit: 1, within: nil)[0].first?.sample.id
        }
        #expect(try await nearest(to: 1) == ids[0])
        // What is another collection's stays, and so does everything where there is nothing of that id.
        let other = try await store.makeCollection(.test("other"))
        try await store.delete(samples: ids, of: other)
        try await store.delete(samples: [ids[2] + 99], of: collection)
        #expect(try await store.sampleCount(of: collection) == 3)

        try await store.delete(samples: [ids[0], ids[2] + 99], of: collection)
        try await searcher.purge(collection)
        #expect(try await nearest(to: 1) != ids[0])
        #expect(try await nearest(to: 7) == ids[1])
        let again = try await folder.open()
        #expect(try await again.sampleCount(of: collection) == 2)
        #expect(try await again.samples(ids, of: collection).map(\.id) == [ids[1], ids[2]])
        #expect(try await again.vectors(ids, of: collection).map(\.id) == [ids[1], ids[2]])
        #expect(try await again.vectors(of: collection, after: 0, limit: 9).map(\.id) == [ids[1], ids[2]])
        #expect(try await again.people(of: collection, after: nil, limit: 9).map(\.samples) == [1, 1])
        #expect(try await again.removals(of: collection, after: 0).ids == [ids[0]])
        // Its photo shows Alice once more.
        #expect(try await again.keptPhotos(["hash 1", "hash 2"], in: collection) == ["hash 1", "hash 2"])

        // The photo and the person go with their last one.
        try await again.delete(samples: [ids[1]], of: collection)
        #expect(try await again.keptPhotos(["hash 1", "hash 2"], in: collection) == ["hash 2"])
        #expect(try await again.people(of: collection, after: nil, limit: 9).map(\.name) == ["Bob"])
        #expect(try await again.peopleCount(of: collection) == 1)
        #expect(try await again.person(named: "Alice", in: collection) == nil)
        #expect(try await again.problems().isEmpty)
        let back = try await again.add([.test(1, person: "Alice")], to: collection)
        #expect(back[0].isNew && back[0].id > ids[2])
        #expect(try await again.person(named: "Alice", in: collection)?.samples == 1)
    }

    @Test(arguments: StoreBackend.installed) func peopleAreFoundByAPartOfTheName(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let names = ["%_", "Ann", "Bob", "Joanne", "O'Hara", "Änne", "ØRSTED"]
        _ = try await store.add(
            names.enumerated().map { .test($0.offset, person: $0.element) }, to: collection)
        func found(_ part: String, after name: String? = nil, limit: Int = 9) async throws -> [String] {
            try await store.people(of: collection, containing: part, after: name, limit: limit).map(\.name)
        }
        #expect(try await found("ann") == ["Ann", "Joanne", "Änne"])
        #expect(try await found("ann", limit: 2) == ["Ann", "Joanne"])
        #expect(try await found("ann", after: "Joanne", limit: 2) == ["Änne"])
        #expect(try await found("ANNE") == ["Joanne", "Änne"])
        #expect(try await found("%") == ["%_"])
        #expect(try await found("o'h") == ["O'Hara"])
        #expect(try await found("ørsted") == ["ØRSTED"])
        #expect(try await found("zz").isEmpty)
        #expect(try await store.people(of: collection, containing: "bob", after: nil, limit: 1).map(\.samples) == [1])
    }
}
