import DeepFace
import Foundation
import Testing

/// Galleries that are encrypted or signed: what becomes of changed ones, and whether anything lies open.
@Suite(.serialized) struct GallerySealTests {
    private static let key = String(repeating: "a1", count: 32)
    private static let other = String(repeating: "b2", count: 32)

    /// Writes a gallery with the seal, as a refresh does.
    private static func write(_ photos: [GalleryPhoto], _ seal: GallerySeal, to file: URL) throws {
        let model = Options().model
        let content = try GalleryFile.content(
            photos, EmbeddingRecipe(Options()), dimensions: model.dimensions, metric: model.metric.indexed)
        try Data(seal.sealed(content)).write(to: file)
    }

    private static func open(_ file: URL, _ seal: GallerySeal?) async throws(DeepFaceError) -> Gallery {
        try await TestPipeline.deepface.gallery(
            of: "folder", options: Options(), refresh: false, file: file, seal: seal)
    }

    @Test(arguments: [GallerySeal.Kind.encrypted, .signed])
    func everythingComesBackAndNothingElseIsTaken(kind: GallerySeal.Kind) async throws {
        try await GalleryFixture.withFolder { folder in
            let seal = try GallerySeal(key: Self.key, kind)
            let file = folder.appending(path: "test.gallery")
            // Of several blocks.
            let photos = GalleryFixture.photos(3000)
            try Self.write(photos, seal, to: file)
            let whole = try Data(contentsOf: file)
            #expect(whole.count > 3 << 20 / 2)
            let probe = GalleryFixture.probe(photos[0].faces[0].embedding)
            let match = try await Self.open(file, seal).matches(of: [probe], FindOptions(limit: 1))[0][0]
            #expect(match.distance == 0 && match.identity == "folder/\(photos[0].file.path)")
            let name = Data(photos[7].file.path.utf8)
            #expect((whole.range(of: name) == nil) == (kind == .encrypted))

            // Blocks that change places; a file that ends early; a byte here and there.
            var wrong = [whole.prefix(whole.count - 1), whole.prefix(whole.count / 2), whole.prefix(64), whole + [0]]
            let (first, second) = (64..<64 + (1 << 20) + 16, 64 + (1 << 20) + 16..<64 + 2 * ((1 << 20) + 16))
            if kind == .encrypted, whole.count >= second.upperBound {
                wrong.append(whole[..<64] + whole[second] + whole[first] + whole[second.upperBound...])
                // A block of another gallery under the same key.
                try Self.write(photos, seal, to: file)
                let another = try Data(contentsOf: file)
                wrong.append(whole[..<64] + another[first] + whole[first.upperBound...])
            }
            for place in [9, 30, 60, 64, 100, whole.count / 2, whole.count - 1] {
                var changed = whole
                changed[place] ^= 1
                wrong.append(changed)
            }
            for content in wrong {
                try Data(content).write(to: file)
                let error = await #expect(throws: DeepFaceError.self) { try await Self.open(file, seal) }
                #expect(error?.code == .storeInconsistent && error?.message.contains("changed") == true)
            }
            try whole.write(to: file)
            let foreign = await #expect(throws: DeepFaceError.self) {
                try await Self.open(file, GallerySeal(key: Self.other, kind))
            }
            #expect(foreign?.code == .storeInconsistent && foreign?.message.contains("another key") == true)
            let keyless = await #expect(throws: DeepFaceError.self) { try await Self.open(file, nil) }
            #expect(keyless?.code == .invalidOption && keyless?.advice?.contains("--gallery-key") == true)
            // One that nobody sealed is not taken, whoever put it there.
            try FileManager.default.removeItem(at: file)
            try GalleryFixture.write(photos, to: file)
            let unsealed = await #expect(throws: DeepFaceError.self) { try await Self.open(file, seal) }
            #expect(unsealed?.code == .unreadableInput && unsealed?.message.contains("not sealed") == true)
        }
    }

    /// A real folder: made, found again, sealed otherwise, made anew where somebody left it open.
    @Test(.needsSamplePhotos, .needsWeights("Dlib", "mtcnn")) func folders() async throws {
        try await GalleryFixture.withFolder { folder in
            let photo = folder.appending(path: "a.jpg")
            try FileManager.default.copyItem(at: SamplePhotos.folder.appending(path: "obama.jpg"), to: photo)
            let deepface = TestPipeline.deepface
            let (encrypted, signed) = (try GallerySeal(key: Self.key), try GallerySeal(key: Self.key, .signed))
            func find(_ seal: GallerySeal?) async throws -> Gallery {
                let gallery = try await deepface.gallery(of: folder.path, seal: seal)
                #expect(gallery.faceCount == 1)
                let mode = try FileManager.default.attributesOfItem(atPath: gallery.url.path)[.posixPermissions]
                #expect(mode as? Int == 0o600)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
                return gallery
            }
            func content() async throws -> Data { try Data(contentsOf: try await find(encrypted).url) }
            #expect(try await find(nil).changes.embedded == 1)
            let first = try await find(encrypted).changes
            #expect(first.embedded == 1 && first.wasUnsealed && first.damage == nil)
            #expect(try await find(encrypted).changes.isEmpty)
            #expect(try await content().range(of: Data("a.jpg".utf8)) == nil)
            // The same key: what was sealed is trusted, and written as it is wanted.
            let converted = try await find(signed)
            #expect(converted.changes.embedded == 0 && !converted.changes.wasUnsealed)
            #expect(try Data(contentsOf: converted.url).range(of: Data("a.jpg".utf8)) != nil)
            #expect(try await find(encrypted).changes.embedded == 0)
            #expect(try await content().range(of: Data("a.jpg".utf8)) == nil)
            // Damage is no reason to make it anew when somebody may have meant it.
            let url = try await find(encrypted).url
            var changed = try Data(contentsOf: url)
            changed[200] ^= 1
            try changed.write(to: url)
            let error = await #expect(throws: DeepFaceError.self) {
                try await deepface.gallery(of: folder.path, seal: encrypted)
            }
            #expect(error?.code == .storeInconsistent)
            #expect(try Data(contentsOf: url) == changed)
        }
    }

    @Test func keysAreRead() throws {
        #expect(throws: DeepFaceError.self) { try GallerySeal(key: "short") }
        let file = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("\(Self.key)\n".utf8).write(to: file)
        for (mode, isTaken) in [(0o600, true), (0o644, false), (0o660, false)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
            #expect(((try? GallerySeal(keyFile: file.path)) != nil) == isTaken, "\(mode)")
        }
    }
}
