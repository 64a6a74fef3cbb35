import DeepFace
import FaceStores
import Foundation
import Testing

/// What is SQLite's own: files, encryption, damage.
struct SQLiteStoreTests {
    @Test func whatIsDeletedIsInNoFile() async throws {
        let folder = try TestFolder()
        let photo = Data((0..<600).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        do {
            let store = try await folder.open()
            let collection = try await store.makeCollection(.test(dimensions: 128))
            let others = (100..<160).map { NewFace.test($0, person: "Other", dimensions: 128) }
            _ = try await store.add(
                [.test(1, person: "Marguerite", dimensions: 128, photo: photo)] + others, to: collection)
            #expect(try folder.holds(NewFace.vector(1, dimensions: 128)) && folder.holds(photo))
            let person = try #require(try await store.person(named: "Marguerite", in: collection))
            try await store.delete([person], of: collection)
        }
        #expect(try !folder.holds(NewFace.vector(1, dimensions: 128)))
        #expect(try !folder.holds(photo) && !folder.holds(Data("Marguerite".utf8)))
        #expect(try folder.holds(NewFace.vector(130, dimensions: 128)))
        let store = try await folder.open()
        let collection = try #require(try await store.collection(named: "default"))
        #expect(try await store.sampleCount(of: collection) == 60)
    }

    @Test func encryptedVectorsCannotBeRead() async throws {
        let folder = try TestFolder()
        let photo = Data("a photo of somebody".utf8)
        do {
            let store = try await folder.open(key: .test())
            let collection = try await store.makeCollection(.test(isEncrypted: true))
            _ = try await store.add([.test(1, person: "Alice", photo: photo), .test(2, person: "Bob")], to: collection)
            #expect(
                try await store.vectors(of: collection, after: 0, limit: 9).map(\.vector) == [
                    NewFace.vector(1), NewFace.vector(2),
                ])
            let sample = try await store.samples(ofPhoto: "hash 1", in: collection)[0]
            #expect(try await store.photo(of: sample, in: collection) == photo)
            // Searched in memory; nothing is written beside.
            let found = try await FaceSearcher(store).search(
                [NewFace.vector(2)], in: collection, metric: .cosine, limit: 1, within: nil)
            #expect(found[0][0].sample.person == "Bob")
            let refused = await #expect(throws: DeepFaceError.self) {
                try await FaceSearcher(store).build(IndexChoice(kind: .flat), of: collection, metric: .cosine)
            }
            #expect(refused?.code == .invalidOption)
        }
        #expect(try !folder.holds(NewFace.vector(1)) && !folder.holds(photo))
        #expect(try !folder.contents().keys.contains { $0.hasSuffix(".flat") })
        for key in [nil, try StoreKey.test(8)] {
            let store = try await folder.open(key: key)
            let error = await #expect(throws: DeepFaceError.self) { try await store.collection(named: "default") }
            #expect(error?.code == .storeUnavailable)
        }
    }

    @Test func aKeyIs32Bytes() throws {
        #expect(throws: Never.self) { try StoreKey(String(repeating: "0f", count: 32)) }
        for text in ["", "short", String(repeating: "zz", count: 32), Data(count: 31).base64EncodedString()] {
            #expect(throws: DeepFaceError.self) { try StoreKey(text) }
        }
    }

    @Test func onlyTheOwnerReads() async throws {
        let folder = try TestFolder()
        let store = try await folder.open()
        _ = try await store.makeCollection(.test())
        for name in try folder.contents().keys {
            let rights = try FileManager.default.attributesOfItem(atPath: folder.url.appending(path: name).path)
            #expect(rights[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func whatIsNoStoreIsRefused() async throws {
        let folder = try TestFolder()
        try Data(repeating: 65, count: 5000).write(to: folder.file)
        var error = await #expect(throws: DeepFaceError.self) { try await folder.open() }
        #expect(error?.code == .storeInconsistent)
        // Nothing of the file was changed.
        #expect(try Data(contentsOf: folder.file) == Data(repeating: 65, count: 5000))

        error = await #expect(throws: DeepFaceError.self) {
            try await StoreRegistry.open(StoreAddress("sqlite:\(folder.url.path)"), creates: true)
        }
        #expect(error?.code == .storeUnavailable)
        error = await #expect(throws: DeepFaceError.self) {
            try await StoreRegistry.open(StoreAddress("sqlite:\(folder.url.path)/none.db"))
        }
        #expect(error?.code == .storeUnavailable)
        #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "none.db").path))
        for address in ["", "faces.db", "oracle:x", "sqlite:"] {
            #expect(throws: DeepFaceError.self, "\(address)") { try StoreAddress(address) }
        }
    }

    @Test func damageIsTold() async throws {
        let folder = try TestFolder()
        do {
            let store = try await folder.open()
            let collection = try await store.makeCollection(.test(dimensions: 128))
            _ = try await store.add((0..<300).map { .test($0, person: "p\($0)", dimensions: 128) }, to: collection)
            try await store.delete([], of: collection)
        }
        var content = try Data(contentsOf: folder.file)
        for place in stride(from: 20_000, to: content.count - 2000, by: 9000) {
            content.replaceSubrange(place..<place + 1500, with: Data(repeating: 0xAB, count: 1500))
        }
        try content.write(to: folder.file)
        let told: Bool
        do {
            told = try await !folder.open().problems().isEmpty
        } catch let error as DeepFaceError {
            told = error.code == .storeInconsistent
        }
        #expect(told)
    }

    @Test func pointsOfAFaceAreKeptAndTheirDamageIsTold() async throws {
        let folder = try TestFolder()
        var area = FacialArea(x: 1, y: 2, w: 30, h: 40)
        (area.leftEye, area.rightEye, area.nose) = ([-6, 19], [0, 1_234_567], [7, -8])
        (area.mouthLeft, area.mouthRight) = ([10, 20], [30, 40])
        do {
            let store = try await folder.open()
            let collection = try await store.makeCollection(.test())
            _ = try await store.add(
                [
                    NewFace(
                        person: "Alice", image: "a.jpg", hash: "a", facialArea: area, faceConfidence: 1,
                        vector: NewFace.vector(1)),
                    NewFace(
                        person: "Bob", image: "b.jpg", hash: "b", facialArea: FacialArea(x: 1, y: 2, w: 3, h: 4),
                        faceConfidence: 1, vector: NewFace.vector(2)),
                ], to: collection)
            let areas = try await store.faces([1, 2], of: collection).map(\.sample.facialArea)
            #expect(areas == [area, FacialArea(x: 1, y: 2, w: 3, h: 4)])
            // Into the file itself.
            try await store.delete([], of: collection)
        }
        let whole = try Data(contentsOf: folder.file)
        let points = Data(#""leftEye":[-6,19],"#.utf8)
        for damage in [
            #""leftEyf":[-6,19],"#, #""leftEye":[-6;19],"#, #""leftEye":[-0,19],"#, #""leftEye":[-6,19];"#,
            #""leftEye":[-6,1],}"#,
        ] {
            var content = whole
            content.replaceSubrange(try #require(content.range(of: points)), with: Data(damage.utf8))
            try content.write(to: folder.file)
            let store = try await folder.open()
            let collection = try #require(try await store.collection(named: "default"))
            let error = await #expect(throws: DeepFaceError.self, "\(damage)") {
                try await store.faces([1], of: collection)
            }
            #expect(error?.code == .storeInconsistent)
        }
    }
}

extension TestFolder {
    fileprivate func holds(_ data: Data) throws -> Bool {
        try contents().values.contains { $0.range(of: data) != nil }
    }

    fileprivate func holds(_ vector: [Float]) throws -> Bool {
        try holds(vector.withUnsafeBytes { Data($0) })
    }
}
