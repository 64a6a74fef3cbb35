import DeepFace
import FaceStores
import Foundation
import Testing

/// What every store does.
struct StoreConformanceTests {
    @Test(arguments: StoreBackend.installed) func keepsWhatIsRegistered(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let added = try await store.add(
            [.test(1, person: "Alice"), .test(2, person: "Alice"), .test(3, person: "Bob")], to: collection)
        #expect(added.map(\.person) == ["Alice", "Alice", "Bob"] && added.allSatisfy { $0.isNew })

        let again = try await folder.open()
        let found = try #require(try await again.collection(named: "default"))
        #expect(found == collection)
        #expect(try await again.sampleCount(of: found) == 3)
        #expect(try await again.peopleCount(of: found) == 2)
        let people = try await again.people(of: found, after: nil, limit: 10)
        #expect(people.map(\.name) == ["Alice", "Bob"] && people.map(\.samples) == [2, 1])
        #expect(try await again.people(of: found, after: "Alice", limit: 10).map(\.name) == ["Bob"])
        #expect(try await again.people(of: found, after: nil, limit: 1).map(\.name) == ["Alice"])
        let samples = try await again.samples(of: people[0], in: found)
        #expect(samples.map(\.id) == added.prefix(2).map(\.id))
        #expect(samples[0].facialArea == NewFace.test(1, person: "Alice").facialArea)
        #expect(samples[0].image == "Alice/1.jpg" && samples[0].faceConfidence == 0.98)
        #expect(
            try await again.samples([added[2].id, 99, added[0].id], of: found).map(\.id) == [added[2].id, added[0].id])
        let vectors = try await again.vectors(of: found, after: added[0].id, limit: 10)
        #expect(vectors.map(\.vector) == [NewFace.vector(2), NewFace.vector(3)])
        #expect(try await again.vectors([added[1].id], of: found).map(\.vector) == [NewFace.vector(2)])
        #expect(try await again.problems().isEmpty)
    }

    @Test(arguments: StoreBackend.installed) func aFaceIsThereOnce(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let first = try await store.add([.test(1, person: "Alice")], to: collection)
        // The same face under another name, and twice in one call.
        let second = try await store.add(
            [.test(1, person: "Bob"), .test(2, person: "Bob"), .test(2, person: "Eve")], to: collection)
        #expect(second.map(\.isNew) == [false, true, false])
        #expect(second.map(\.person) == ["Alice", "Bob", "Bob"])
        #expect(second[0].id == first[0].id)
        #expect(try await store.sampleCount(of: collection) == 2)
        #expect(try await store.samples(ofPhoto: "hash 1", in: collection).map(\.person) == ["Alice"])
        #expect(try await store.samples(ofPhoto: "hash 3", in: collection).isEmpty)
        // Another collection is another world.
        let other = try await store.makeCollection(.test("other"))
        #expect(try await store.add([.test(1, person: "Alice")], to: other)[0].isNew)
        #expect(try await store.vectors(of: other, after: 0, limit: 10).count == 1)
        #expect(try await store.collections().map(\.name) == ["default", "other"])
    }

    @Test(arguments: StoreBackend.installed) func aCallIsDoneAsAWholeOrNotAtAll(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        var wrong = NewFace.test(2, person: "Bob")
        wrong.vector = [1, 2, 3]
        await #expect(throws: DeepFaceError.self) {
            try await store.add([.test(1, person: "Alice"), wrong], to: collection)
        }
        for unusable: Float in [0, .nan, .infinity, 1e30] {
            wrong.vector = Array(repeating: unusable, count: 8)
            await #expect(throws: DeepFaceError.self) { try await store.add([wrong], to: collection) }
        }
        wrong = .test(2, person: "")
        await #expect(throws: DeepFaceError.self) {
            try await store.add([.test(1, person: "Alice"), wrong], to: collection)
        }
        #expect(try await store.sampleCount(of: collection) == 0)
        #expect(try await store.peopleCount(of: collection) == 0)
    }

    @Test(arguments: StoreBackend.installed) func peopleAreRenamedAndDeleted(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let added = try await store.add([.test(1, person: "Alice"), .test(2, person: "Bob")], to: collection)
        let alice = try #require(try await store.person(named: "Alice", in: collection))
        let error = await #expect(throws: DeepFaceError.self) {
            try await store.rename(alice, to: "Bob", in: collection)
        }
        #expect(error?.code == .invalidOption)
        let alicia = try await store.rename(alice, to: "Alicia", in: collection)
        #expect(alicia.name == "Alicia" && alicia.id == alice.id)
        #expect(try await store.rename(alicia, to: "Alicia", in: collection) == alicia)
        #expect(try await store.samples([added[0].id], of: collection).map(\.person) == ["Alicia"])
        #expect(try await store.person(named: "Alice", in: collection) == nil)

        try await store.delete([alicia], of: collection)
        #expect(try await store.people(of: collection, after: nil, limit: 9).map(\.name) == ["Bob"])
        let removals = try await store.removals(of: collection, after: 0)
        #expect(removals.ids == [added[0].id])
        #expect(try await store.removals(of: collection, after: removals.last).ids.isEmpty)
        let late = await #expect(throws: DeepFaceError.self) {
            try await store.rename(alicia, to: "Alma", in: collection)
        }
        #expect(late?.code == .notFound)
        // Ids are not used again: an index that has not followed yet would take one for another.
        #expect(try await store.add([.test(3, person: "Carol")], to: collection)[0].id > added[1].id)
        try await store.delete(collection)
        #expect(try await store.collections().isEmpty)
    }

    @Test(arguments: StoreBackend.installed) func photosAreKeptWhenAskedFor(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        let store = try await folder.open()
        let collection = try await store.makeCollection(.test())
        let photo = Data("a photo".utf8)
        var second = NewFace.test(1, person: "Bob", photo: photo)
        second.facialArea.x = 70
        try await _ = store.add(
            [.test(1, person: "Alice", photo: photo), second, .test(2, person: "Eve")], to: collection)
        let alice = try #require(try await store.person(named: "Alice", in: collection))
        let bob = try #require(try await store.person(named: "Bob", in: collection))
        let eve = try #require(try await store.person(named: "Eve", in: collection))
        let sample = try #require(try await store.samples(of: bob, in: collection).first)
        #expect(try await store.photo(of: sample, in: collection) == photo)
        let none = try #require(try await store.samples(of: eve, in: collection).first)
        #expect(try await store.photo(of: none, in: collection) == nil)
        // It goes with its last face.
        try await store.delete([alice], of: collection)
        #expect(try await store.photo(of: sample, in: collection) == photo)
        try await store.delete([bob], of: collection)
        #expect(try await store.photo(of: sample, in: collection) == nil)
    }

    @Test(arguments: StoreBackend.installed) func twoAtOnce(_ backend: StoreBackend) async throws {
        let folder = try await backend.place()
        _ = try await folder.open().makeCollection(.test())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let store = try await folder.open()
                    let collection = try await store.makeCollection(.test())
                    for portion in 0..<25 {
                        let faces = (0..<4).map {
                            NewFace.test(1000 * writer + 4 * portion + $0, person: "p\(portion)")
                        }
                        _ = try await store.add(faces, to: collection)
                    }
                }
            }
            try await group.waitForAll()
        }
        let store = try await folder.open()
        let collection = try #require(try await store.collection(named: "default"))
        #expect(try await store.sampleCount(of: collection) == 400)
        #expect(try await store.peopleCount(of: collection) == 25)
        #expect(try await store.problems().isEmpty)
    }
}
