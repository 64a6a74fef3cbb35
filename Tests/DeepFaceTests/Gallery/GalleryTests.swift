import DeepFace
import Foundation
import Testing

/// What becomes of a gallery when its folder changes.
@Suite(.needsSamplePhotos, .needsWeights("mtcnn", "Dlib"), .serialized) struct GalleryTests {
    private func photo(_ name: String) throws -> Data {
        try Data(contentsOf: SamplePhotos.folder.appending(path: "\(name).jpg"))
    }

    private func write(_ data: Data, _ folder: URL, _ path: String) throws {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    /// Opens the gallery, which must have changed so, and be as one that is made from nothing.
    private func open(
        _ folder: URL, embedded: Int = 0, recognised: Int = 0, removed: Int = 0,
        _ line: SourceLocation = #_sourceLocation
    ) async throws -> Gallery {
        var (done, total) = (0, 0)
        let gallery = try await TestPipeline.deepface.gallery(of: folder.path) { (done, total) = ($0, $1) }
        let changes = gallery.changes
        #expect(done == total && total >= embedded, sourceLocation: line)
        #expect(changes.embedded == embedded, sourceLocation: line)
        #expect(changes.recognised == recognised, sourceLocation: line)
        #expect(changes.removed == removed, sourceLocation: line)
        let other = folder.deletingLastPathComponent().appending(path: "other-\(UUID().uuidString).gallery")
        defer { try? FileManager.default.removeItem(at: other) }
        let fresh = try await TestPipeline.deepface.gallery(of: folder.path, file: other)
        let probes = ["obama", "biden"].map(SamplePhotos.path)
        let found: [[[Match]]] = try await gallery.find(probes).map { try $0.get() }
        let expected: [[[Match]]] = try await fresh.find(probes).map { try $0.get() }
        #expect(found == expected, sourceLocation: line)
        #expect(gallery.photoCount == fresh.photoCount, sourceLocation: line)
        #expect(gallery.faceCount == fresh.faceCount, sourceLocation: line)
        #expect(gallery.unreadable == fresh.unreadable, sourceLocation: line)
        #expect(gallery.photosWithoutFace == fresh.photosWithoutFace, sourceLocation: line)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }
        #expect(names.count == 1 && names.allSatisfy { $0.hasSuffix(".gallery") }, "\(names)", sourceLocation: line)
        return gallery
    }

    @Test func everyKindOfChange() async throws {
        try await GalleryFixture.withFolder { parent in
            let folder = parent.appending(path: "db")
            try write(photo("obama"), folder, "Barack/1.jpg")
            try write(photo("obama2"), folder, "Barack/2.JPG")
            try write(photo("biden"), folder, "biden.jpg")
            try write(Data("no photo".utf8), folder, "broken.jpg")
            try write(Image(filledWith: .white, width: 100, height: 80).png(), folder, "blank.png")
            var gallery = try await open(folder, embedded: 5)
            #expect(gallery.photoCount == 5 && gallery.faceCount == 3)
            #expect(gallery.unreadable.map(\.path) == ["broken.jpg"])
            #expect(gallery.unreadable[0].reason == "not a JPEG, PNG, WebP or BMP image")
            #expect(gallery.photosWithoutFace == ["blank.png"])
            let matches = try await gallery.find(SamplePhotos.path("obama"))
            #expect(matches.count == 1 && matches[0].map(\.person) == ["Barack", "Barack"])
            #expect(matches[0][0].identity == "\(folder.path)/Barack/1.jpg" && matches[0][0].distance == 0)
            #expect(matches[0][1].distance > 0.3 && matches[0][1].distance < 0.6)
            let biden = try await gallery.find(SamplePhotos.path("biden"))[0]
            #expect(biden.map(\.identity) == ["\(folder.path)/biden.jpg"] && biden[0].person == nil)

            _ = try await open(folder)
            // Touched.
            let second = folder.appending(path: "Barack/2.JPG")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: second.path)
            _ = try await open(folder, recognised: 1)
            // Moved, and copied.
            try FileManager.default.createDirectory(at: folder.appending(path: "x"), withIntermediateDirectories: true)
            try FileManager.default.moveItem(at: second, to: folder.appending(path: "x/9.jpg"))
            _ = try await open(folder, recognised: 1)
            try write(photo("obama2"), folder, "a.jpg")
            try write(photo("obama3"), folder, "b.jpg")
            try write(photo("obama3"), folder, "c.jpg")
            gallery = try await open(folder, embedded: 1, recognised: 2)
            #expect(try await gallery.find(SamplePhotos.path("obama"))[0].count == 5)
            // Other content, of a photo and of what was none.
            try write(photo("obama3"), folder, "biden.jpg")
            try write(photo("biden"), folder, "broken.jpg")
            gallery = try await open(folder, recognised: 2)
            #expect(gallery.unreadable.isEmpty)
            try write(photo("biden") + [0], folder, "broken.jpg")
            _ = try await open(folder, embedded: 1)
            // Gone.
            try FileManager.default.removeItem(at: folder.appending(path: "Barack"))
            try FileManager.default.removeItem(at: folder.appending(path: "c.jpg"))
            gallery = try await open(folder, removed: 2)
            #expect(gallery.photoCount == 6)
        }
    }

    @Test func aCopiedFolderNeedsNoEmbedding() async throws {
        try await GalleryFixture.withFolder { parent in
            let (one, other) = (parent.appending(path: "one"), parent.appending(path: "other"))
            try write(photo("obama"), one, "1.jpg")
            try write(photo("biden"), one, "sub/2.jpg")
            _ = try await open(one, embedded: 2)
            try FileManager.default.copyItem(at: one, to: other)
            for name in ["1.jpg", "sub/2.jpg"] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date()], ofItemAtPath: other.appending(path: name).path)
            }
            let gallery = try await open(other, recognised: 2)
            #expect(try await gallery.find(SamplePhotos.path("biden"))[0][0].identity == "\(other.path)/sub/2.jpg")
        }
    }

    @Test func damageIsRepaired() async throws {
        try await GalleryFixture.withFolder { parent in
            let folder = parent.appending(path: "db")
            try write(photo("obama"), folder, "1.jpg")
            let url = try await open(folder, embedded: 1).url
            try Data("not a gallery".utf8).write(to: url)
            #expect(try await open(folder, embedded: 1).changes.damage != nil)
            _ = try await open(folder)
        }
    }

    @Test func optionsOfTheProbe() async throws {
        try await GalleryFixture.withFolder { parent in
            let folder = parent.appending(path: "db").path
            try write(photo("obama"), parent, "db/1.jpg")
            try write(photo("biden"), parent, "db/2.jpg")
            let deepface = TestPipeline.deepface
            let (near, far) = (SamplePhotos.path("obama2"), FindOptions(similaritySearch: true))
            #expect(try await deepface.find(near, in: folder)[0].count == 1)
            #expect(try await deepface.find(near, in: folder, far)[0].count == 2)
            #expect(
                try await deepface.find(near, in: folder, FindOptions(similaritySearch: true, limit: 1))[0].count == 1)
            for metric in DistanceMetric.allCases {
                var options = Options()
                options.metric = metric
                let found = try await deepface.find(near, in: folder, far, options: options)[0]
                for match in found {
                    let pair = try await deepface.verify(near, .path(match.identity), options: options)
                    #expect(abs(pair.distance - match.distance) <= 2e-6 && pair.threshold == match.threshold)
                    #expect(abs(pair.confidence - match.confidence!) < 0.02)
                    #expect(pair.facialAreas.img2.x == match.target.x && pair.facialAreas.img1.x == match.source.x)
                }
                options.threshold = 0
                #expect(try await deepface.find(near, in: folder, options: options) == [[]])
                #expect(try await deepface.find(.path("\(folder)/1.jpg"), in: folder, options: options)[0].count == 1)
            }
            let results = try await deepface.find([near, "/no/such.jpg", near], in: folder)
            #expect(try results[0].get() == results[2].get())
            #expect(throws: DeepFaceError.self) { try results[1].get() }
            for wrong in ["/no/such", "\(folder)/1.jpg"] {
                let error = await #expect(throws: DeepFaceError.self) { try await deepface.find(near, in: wrong) }
                #expect(error?.code == .unreadableInput)
            }
        }
    }
}
