import DeepFace
import Foundation
import Testing

/// Galleries that tell what their faces tell.
struct GalleryAttributeTests {
    private static func reading(_ number: Int) -> FaceAttributes? {
        if number % 7 == 0 { return nil }
        return FaceAttributes(
            age: number % 80, gender: Attribute.gender.labels[number % 2], race: Attribute.race.labels[number % 6])
    }

    @Test func aFilteredSearchIsOneAmongWhatMeetsIt() async throws {
        try await GalleryFixture.withFolder { folder in
            var photos = GalleryFixture.photos(300)
            var readings: [FaceAttributes?] = []
            for index in photos.indices {
                photos[index] = photos[index].with { row in
                    let reading = Self.reading(readings.count)
                    row.note([.age, .gender, .race], reading)
                    readings.append(reading)
                }
            }
            let (options, file) = (Options(), folder.appending(path: "g.gallery"))
            try GalleryFile.write(
                photos, EmbeddingRecipe(options), dimensions: options.model.dimensions,
                metric: options.model.metric.indexed, attributeModels: ["age": "a", "gender": "b", "race": "c"],
                to: file)
            let gallery = try await GalleryFixture.open(file)
            #expect(gallery.faceCount == readings.count)
            let probe = GalleryFixture.probe(photos[11].faces[0].embedding)
            let all = try gallery.matches(of: [probe], FindOptions(similaritySearch: true))[0]
            #expect(all.count == readings.count)
            // Which face a match is, by its photo and place.
            var reading: [String: FaceAttributes?] = [:]
            var number = 0
            for photo in photos {
                for face in photo.faces {
                    reading["folder/\(photo.file.path) \(face.x) \(face.y)"] = readings[number]
                    number += 1
                }
            }
            for text in ["gender=woman", "age<40 race!=asian", "gender=man age=20-29 race=indian", "age>100"] {
                let filter = try AttributeFilter(text)
                let expected = all.filter {
                    filter.matches(reading["\($0.identity) \($0.target.x) \($0.target.y)"] ?? nil)
                }
                let found = try gallery.matches(of: [probe], FindOptions(similaritySearch: true, filter: filter))[0]
                #expect(found == expected, "\(text)")
                let few = try gallery.matches(
                    of: [probe], FindOptions(similaritySearch: true, limit: 3, filter: filter))
                #expect(few[0] == Array(expected.prefix(3)), "\(text)")
            }
            // What was never read is not taken for something that does not hold.
            let error = #expect(throws: DeepFaceError.self) {
                try gallery.matches(of: [probe], FindOptions(filter: AttributeFilter("emotion=sad")))
            }
            #expect(error?.code == .invalidOption)
        }
    }

    /// Read once, by the models that were asked for, and kept when the folder changes.
    @Test(.needsShared, .needsTestHome) func isReadOffPhotosOnce() async throws {
        try await GalleryFixture.withFolder { parent in
            let folder = parent.appending(path: "db")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func put(_ photo: String) throws {
                try FileManager.default.copyItem(
                    at: URL(fileURLWithPath: Shared.photo(photo)), to: folder.appending(path: photo))
            }
            try put("img1.jpg")
            try put("img30.jpg")
            try Data("no photo".utf8).write(to: folder.appending(path: "broken.jpg"))
            let gender = try AttributeRegistry.model(.gender, named: "oarriaga")
            let age = try AttributeRegistry.model(.age, named: "ssrnet")
            var counts: [Int] = []
            func open(_ models: [AttributeModel]) async throws -> Gallery {
                let gallery = try await TestHome.deepface.gallery(of: folder.path)
                var count = 0
                defer { counts.append(count) }
                return try await gallery.reading(models) { _, total in count = total }
            }
            func found(_ gallery: Gallery, _ text: String) async throws -> [String] {
                let find = FindOptions(similaritySearch: true, filter: try AttributeFilter(text))
                return try await gallery.find(.path(Shared.photo("img1.jpg")), find)[0].map {
                    URL(fileURLWithPath: $0.identity).lastPathComponent
                }
            }
            var gallery = try await open([gender])
            #expect(try await found(gallery, "gender=woman") == ["img1.jpg"])
            #expect(try await found(gallery, "gender=man") == ["img30.jpg"])
            gallery = try await open([gender])
            #expect(try await found(gallery, "gender!=man") == ["img1.jpg"])
            gallery = try await open([gender, age])
            #expect(try await found(gallery, "age=15-60 gender=man") == ["img30.jpg"])
            // A photo more: it alone is looked at. What was read stays with one that moves.
            try put("img2.jpg")
            try FileManager.default.moveItem(
                at: folder.appending(path: "img30.jpg"), to: folder.appending(path: "moved.jpg"))
            gallery = try await open([gender, age])
            #expect(try await found(gallery, "gender=man").contains("moved.jpg"))
            #expect(try await found(gallery, "age>=0").sorted() == ["img1.jpg", "img2.jpg", "moved.jpg"])
            // Another model's word counts for all.
            gallery = try await open([try AttributeRegistry.model(.gender, named: "ssrnet")])
            let (women, men) = (try await found(gallery, "gender=woman"), try await found(gallery, "gender=man age>=0"))
            #expect((women + men).sorted() == ["img1.jpg", "img2.jpg", "moved.jpg"])
            #expect(gallery.unreadable.map(\.path) == ["broken.jpg"])
            #expect(counts == [2, 0, 2, 1, 3])
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }
            #expect(files.count == 1, "\(files)")
        }
    }
}

extension GalleryPhoto {
    /// The photo with what was read off its faces.
    fileprivate func with(_ read: (inout AttributeRow) -> Void) -> GalleryPhoto {
        let faces = faces.map { face in
            var row = AttributeRow()
            read(&row)
            return Face(
                x: face.x, y: face.y, w: face.w, h: face.h, confidence: face.confidence, embedding: face.embedding,
                attributes: row)
        }
        return GalleryPhoto(file: file, digest: digest, faces: faces)
    }
}
