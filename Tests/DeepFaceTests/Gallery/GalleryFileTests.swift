import DeepFace
import Foundation
import Testing

/// A gallery's file: what it gives back, and what becomes of a damaged one.
@Suite(.serialized) struct GalleryFileTests {
    @Test func everythingComesBack() async throws {
        try await GalleryFixture.withFolder { folder in
            var photos = GalleryFixture.photos(30)
            photos.append(
                GalleryPhoto(
                    file: PhotoFile(path: "z/é.jpg", size: 7, modified: -1), digest: ContentDigest(of: [1, 2, 3]),
                    faces: [], failure: .init(.unreadable, "cut off: ü")))
            photos.append(
                GalleryPhoto(
                    file: PhotoFile(path: "zz.jpg", size: 7, modified: 0), digest: ContentDigest(of: [4]), faces: [],
                    failure: .init(.noFace, "no face was found")))
            let file = folder.appending(path: "test.gallery")
            try GalleryFixture.write(photos, to: file)
            let gallery = try await GalleryFixture.open(file)
            #expect(gallery.photoCount == 32 && gallery.faceCount == 33)
            #expect(gallery.photosWithoutFace == ["zz.jpg"])
            #expect(gallery.unreadable.map(\.path) == ["z/é.jpg"] && gallery.unreadable[0].reason == "cut off: ü")
            for photo in photos {
                for (number, face) in photo.faces.enumerated() {
                    let match = try #require(
                        gallery.matches(of: [GalleryFixture.probe(face.embedding)], FindOptions(limit: 1))[0].first)
                    #expect(match.identity == "folder/\(photo.file.path)" && match.distance == 0)
                    #expect(match.hash == photo.digest.hexadecimal && match.confidence == 100)
                    #expect(match.person == String(photo.file.path.prefix(2)))
                    #expect(match.target == FaceBox(x: photo.file.size, y: number, w: 10, h: 12))
                    #expect(match.source == FaceBox(x: 1, y: 2, w: 3, h: 4))
                }
            }
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    /// Against looking at every face, by all metrics, in galleries of models that compare by length and by angle.
    @Test(arguments: [RecognitionModel.dlib, .facenet])
    func aHundredThousandFaces(model: RecognitionModel) async throws {
        try await GalleryFixture.withFolder { folder in
            let photos = GalleryFixture.photos(91_000)
            let faces = photos.flatMap { photo in photo.faces.map { (photo.file.path, $0.embedding) } }
            #expect(faces.count == 100_100)
            let file = folder.appending(path: "test.gallery")
            let probes = [faces[17].1, GalleryFixture.photos(1, seed: 2)[0].faces[0].embedding]
            var options = Options()
            options.model = model
            try GalleryFixture.write(photos, options, to: file)
            for metric in DistanceMetric.allCases {
                options.metric = metric
                for probe in probes {
                    let all = try faces.map { path, face in
                        ("folder/\(path)", (try metric.distance(probe, face) * 1e6).rounded(.toNearestOrEven) / 1e6)
                    }.sorted { $0.1 < $1.1 }
                    options.threshold = (all[40].1 + all[41].1) / 2
                    try await check(GalleryFixture.open(file, options), probe, Array(all.prefix(300)))
                }
            }
        }
    }

    @Test func aGalleryWithoutFaces() async throws {
        try await GalleryFixture.withFolder { folder in
            let file = folder.appending(path: "test.gallery")
            try GalleryFixture.write([], to: file)
            let gallery = try await GalleryFixture.open(file)
            let probe = GalleryFixture.probe(GalleryFixture.photos(1)[0].faces[0].embedding)
            #expect(try gallery.matches(of: [probe, probe], FindOptions(similaritySearch: true)) == [[], []])
        }
    }

    private func check(_ gallery: Gallery, _ probe: [Float], _ nearest: [(String, Double)]) throws {
        let probes = [GalleryFixture.probe(probe)]
        let within = try gallery.matches(of: probes)[0]
        #expect(within.map(\.distance) == nearest.prefix(within.count).map(\.1))
        #expect(within.count == nearest.count { $0.1 <= gallery.options.threshold ?? 0 })
        let similar = try gallery.matches(of: probes, FindOptions(similaritySearch: true, limit: 200))[0]
        #expect(similar.map(\.distance) == nearest.prefix(200).map(\.1))
        // Those of equal distance may change places.
        for match in similar { #expect(nearest.contains { $0.0 == match.identity && $0.1 == match.distance }) }
        #expect(try gallery.matches(of: probes, FindOptions(limit: 5))[0] == Array(within.prefix(5)))
        #expect(throws: DeepFaceError.self) { try gallery.matches(of: probes, FindOptions(limit: 0)) }
        #expect(throws: DeepFaceError.self) { try gallery.matches(of: probes + [GalleryFixture.probe([1, 2])]) }
        #expect(try gallery.matches(of: probes, FindOptions(limit: .max))[0] == within)
    }

    /// Whatever happens to the file: it is found damaged, or nothing that counts was hit.
    @Test func damageIsNoticed() async throws {
        try await GalleryFixture.withFolder { folder in
            let photos = GalleryFixture.photos(40)
            let file = folder.appending(path: "test.gallery")
            try GalleryFixture.write(photos, to: file)
            let gallery = try await GalleryFixture.open(file)
            let probes = photos.flatMap(\.faces).map { GalleryFixture.probe($0.embedding) }
            let expected = try gallery.matches(of: probes)
            let whole = try Data(contentsOf: file)
            var (mutator, refused) = (Mutator(seed: 5), 0)
            for _ in 0..<Fuzz.count(400) {
                var damaged = whole
                switch mutator.next(below: 3) {
                case 0: damaged = damaged.prefix(mutator.next(below: whole.count))
                case 1: damaged[mutator.next(below: whole.count)] ^= UInt8(1 << mutator.next(below: 8))
                default: damaged = mutator.mutate(whole, at: 0..<whole.count)
                }
                // A mapped file must not be written over.
                try FileManager.default.removeItem(at: file)
                try damaged.write(to: file)
                do throws(DeepFaceError) {
                    let opened = try await TestPipeline.deepface.gallery(of: "folder", refresh: false, file: file)
                    #expect(try opened.matches(of: probes) == expected)
                } catch {
                    refused += 1
                    #expect(error.code == .unreadableInput && error.message.contains("damaged"), "\(error)")
                }
            }
            #expect(refused > 100)
        }
    }

    @Test func otherSettingsHaveOtherFiles() async throws {
        try await GalleryFixture.withFolder { folder in
            let file = folder.appending(path: "test.gallery")
            try GalleryFixture.write(GalleryFixture.photos(3), to: file)
            var options = Options()
            options.expand = 10
            let error = await #expect(throws: DeepFaceError.self) {
                try await TestPipeline.deepface.gallery(of: folder.path, options: options, refresh: false, file: file)
            }
            #expect(error?.code == .invalidOption && error?.advice?.contains("--gallery") == true)
            let missing = await #expect(throws: DeepFaceError.self) {
                try await TestPipeline.deepface.gallery(of: folder.path, options: options, refresh: false)
            }
            #expect(missing?.code == .unreadableInput && missing?.advice?.contains("--no-refresh") == true)
            #expect(missing?.input?.hasPrefix("\(folder.path)/.deepface-Dlib-mtcnn-landmarks-") == true)
        }
    }
}
