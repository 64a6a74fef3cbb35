import DeepFace
import FaceStores
import Foundation
import Testing

/// What is Redis' own: users, lost connections, expiry.
struct RedisStoreTests {
    @Test(.needsRedis) func theUserMustBeKnown() async throws {
        let redis = try RedisServer(["--requirepass", "s3cret/@"])
        let password = "s3cret%2F%40"
        _ = try await redis.open(user: ":\(password)@").makeCollection(.test())
        for user in ["", ":wrong%2F%40@", "somebody:\(password)@"] {
            let error = await #expect(throws: DeepFaceError.self) { try await redis.open(user: user) }
            #expect(error?.code == .storeUnavailable)
            #expect(error.map { !"\($0)".contains("s3cret") && !"\($0)".contains("wrong") } == true)
        }
        #expect(try await redis.open(user: "default:\(password)@").collections().count == 1)
    }

    @Test(.needsRedis) func aUserOfFewRights() async throws {
        let redis = try RedisServer([
            "--user", "default", "on", "nopass", "~*", "&*", "+@all", "--user", "writer", "on", ">pw", "~deepface:*",
            "+@read", "+@write", "+@scripting", "+select", "+time", "--user", "reader", "on", ">pw", "~deepface:*",
            "+@read", "+@scripting", "+select",
        ])
        let store = try await redis.open(user: "writer:pw@", path: "/0?ttl=1000")
        let collection = try await store.makeCollection(.test())
        _ = try await store.add([.test(1, person: "Alice")], to: collection)

        let reader = try await redis.open(user: "reader:pw@", path: "/0", creates: false)
        #expect(try await reader.collection(named: "default") == collection)
        let error = await #expect(throws: DeepFaceError.self) {
            try await reader.add([.test(2, person: "Bob")], to: collection)
        }
        #expect(error?.code == .storeUnavailable && error.map { "\($0)".contains("+@write") } == true)
        #expect(try await store.peopleCount(of: collection) == 1)
    }

    @Test(.needsRedis) func noStoreIsMadeByLooking() async throws {
        let redis = try RedisServer()
        let error = await #expect(throws: DeepFaceError.self) { try await redis.open(creates: false) }
        #expect(error?.code == .storeUnavailable)
        _ = try await redis.open(path: "/3")
        await #expect(throws: DeepFaceError.self) { try await redis.open(creates: false) }
        #expect(try await redis.open(path: "/3", creates: false).collections().isEmpty)
    }

    @Test func addressesThatAreNone() async throws {
        for text in [
            "redis:", "redis:localhost", "redis://", "redis://h:0", "redis://h:99999", "redis://h/faces",
            "redis://h?ttl=0", "redis://h?ttl=x", "redis://h?tls=yes", "redis://u:p@ss/word@h",
        ] {
            let error = await #expect(throws: DeepFaceError.self, "\(text)") {
                try await StoreRegistry.open(StoreAddress(text))
            }
            #expect(error?.code == .invalidOption, "\(text)")
            #expect(error.map { !"\($0)".contains("p@ss") } == true)
        }
        #expect(try StoreAddress("redis://user:p@ss@host/1").description == "redis://user:***@host/1")
        let none = try StoreAddress("redis://127.0.0.1:1")
        let error = await #expect(throws: DeepFaceError.self) { try await StoreRegistry.open(none) }
        #expect(error?.code == .storeUnavailable)
    }

    @Test(.needsRedis) func facesExpire() async throws {
        let redis = try RedisServer()
        let lasting = try await redis.open()
        let collection = try await lasting.makeCollection(.test())
        let searcher = FaceSearcher(lasting)
        func nearest(_ number: Int) async throws -> [Int64] {
            try await searcher.search(
                [NewFace.vector(number)], in: collection, metric: .cosine, limit: 1, within: 1e-4
            )[0].map(\.sample.id)
        }
        // One face for ever, one for an hour, two for a second.
        let alice = try await lasting.add([.test(1, person: "Alice")], to: collection)
        let carol = try await redis.open(path: "/0?ttl=3600").add([.test(4, person: "Carol")], to: collection)
        let photo = Data("a photo".utf8)
        let gone = try await redis.open(path: "/0?ttl=1").add(
            [.test(2, person: "Alice"), .test(3, person: "Bob", photo: photo)], to: collection)
        #expect(try await nearest(4) == carol.map(\.id))
        try await Task.sleep(for: .seconds(1.1))

        #expect(try await lasting.sampleCount(of: collection) == 2)
        #expect(try await lasting.people(of: collection, after: nil, limit: 9).map(\.name) == ["Alice", "Carol"])
        #expect(try await lasting.removals(of: collection, after: 0).ids.sorted() == gone.map(\.id))
        let face = NewFace.test(3, person: "Bob")
        let bob = Sample(
            id: gone[1].id, person: face.person, image: face.image, hash: face.hash, facialArea: face.facialArea,
            faceConfidence: face.faceConfidence, created: Date())
        #expect(try await lasting.photo(of: bob, in: collection) == nil)
        #expect(try await nearest(1) == alice.map(\.id))
        #expect(try await nearest(2).isEmpty)
        #expect(try await lasting.problems().isEmpty)
        #expect(try await lasting.add([.test(3, person: "Bob")], to: collection)[0].isNew)
    }

    @Test(.needsRedis) func aServerThatComesBackIsUsedAgain() async throws {
        let redis = try RedisServer()
        let store = try await redis.open()
        let collection = try await store.makeCollection(.test())
        let added = try await store.add([.test(1, person: "Alice")], to: collection)
        redis.server.kill()
        let error = await #expect(throws: DeepFaceError.self) { try await store.sampleCount(of: collection) }
        #expect(error?.code == .storeUnavailable)
        await #expect(throws: DeepFaceError.self) { try await store.add([.test(2, person: "Bob")], to: collection) }
        try redis.server.start()
        #expect(try await store.add([.test(2, person: "Bob")], to: collection)[0].isNew)
        #expect(try await store.samples(ofPhoto: "hash 1", in: collection).map(\.id) == added.map(\.id))
    }

    /// The server is killed again and again while faces are registered and searched.
    @Test(.needsRedis) func nothingIsHalfRegistered() async throws {
        let redis = try RedisServer()
        let store = try await redis.open()
        let collection = try await store.makeCollection(.test(dimensions: 128))
        let searcher = FaceSearcher(store)
        let failures = Counter()
        let registering = Task {
            for portion in 0..<60 {
                let faces = (0..<50).map {
                    NewFace.test(50 * portion + $0, person: "p\(portion)", dimensions: 128)
                }
                while true {
                    do {
                        _ = try await store.add(faces, to: collection)
                        break
                    } catch let error as DeepFaceError {
                        #expect(error.code == .storeUnavailable)
                        await failures.add()
                        try await Task.sleep(for: .milliseconds(30))
                    }
                }
                do {
                    let found = try await searcher.search(
                        [faces[7].vector], in: collection, metric: .cosine, limit: 1, within: 1e-4)
                    #expect(found[0].map(\.sample.person) == ["p\(portion)"])
                } catch let error as DeepFaceError {
                    #expect(error.code == .storeUnavailable)
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        for round in 0..<6 {
            try await Task.sleep(for: .milliseconds(120))
            redis.server.kill()
            try await Task.sleep(for: .milliseconds(60))
            // Once it stays away until it was missed, however slow the machine is.
            for _ in 0..<400 where round == 0 {
                if await failures.count > 0 { break }
                try await Task.sleep(for: .milliseconds(50))
            }
            try redis.server.start()
        }
        try await registering.value
        #expect(await failures.count > 0, "the server was not needed while it was away")
        #expect(try await store.sampleCount(of: collection) == 3000)
        let people = try await store.people(of: collection, after: nil, limit: 100)
        #expect(people.count == 60 && people.allSatisfy { $0.samples == 50 })
        #expect(try await store.problems().isEmpty)
    }

    @Test(.needsRedis) func encryptedVectorsCannotBeRead() async throws {
        let redis = try RedisServer()
        let photo = Data("a photo of somebody".utf8)
        let store = try await redis.open(key: .test())
        let collection = try await store.makeCollection(.test(isEncrypted: true))
        _ = try await store.add([.test(1, person: "Alice", photo: photo), .test(2, person: "Bob")], to: collection)
        #expect(
            try await store.vectors(of: collection, after: 0, limit: 9).map(\.vector) == [
                NewFace.vector(1), NewFace.vector(2),
            ])
        let sample = try await store.samples(ofPhoto: "hash 1", in: collection)[0]
        #expect(try await store.photo(of: sample, in: collection) == photo)
        #expect(try await store.problems().isEmpty)
        redis.server.kill()
        let kept = try redis.folder.contents().values
        #expect(kept.contains { $0.range(of: Data("Alice".utf8)) != nil })
        let plain = NewFace.vector(1).withUnsafeBytes { Data($0) }
        #expect(kept.allSatisfy { $0.range(of: plain) == nil && $0.range(of: photo) == nil })
        try redis.server.start()
        for key in [nil, try StoreKey.test(8)] {
            let other = try await redis.open(key: key)
            let error = await #expect(throws: DeepFaceError.self) { try await other.collection(named: "default") }
            #expect(error?.code == .storeUnavailable)
        }
    }

    @Test(.needsRedis) func whatAnotherProgramWroteIsRefused() async throws {
        let redis = try RedisServer()
        let store = try await redis.open()
        let collection = try await store.makeCollection(.test())
        // A list where a set of ours belongs, as a stray program would make one.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-cli")
        process.arguments = ["-p", "\(redis.server.port)", "RPUSH", "deepface:\(collection.id):samples", "x"]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let error = await #expect(throws: DeepFaceError.self) { try await store.sampleCount(of: collection) }
        #expect(error?.code == .storeInconsistent)
    }
}
