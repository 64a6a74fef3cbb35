import DeepFace
import Foundation
import Testing

/// MediaPipe's two face detectors.
@Suite("BlazeFace", .needsWeights("mediapipe", "mediapipe-full"), .serialized) struct BlazeFaceTests {
    static let names = ["mediapipe", "mediapipe-full"]

    private func options(_ detector: String, _ alignment: Alignment? = nil) throws -> Options {
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.alignment = alignment
        options.enforceDetection = false
        return options
    }

    private func faces(_ image: Image, _ options: Options) async throws -> [ExtractedFace] {
        try await TestPipeline.deepface.extractFaces(.pixels(image), options: options)
            .filter { $0.confidence > 0 }
    }

    /// Boxes and eyes as the Python original finds them, within 2 pixels or a hundredth of the face's side.
    @Test(.needsShared, arguments: [Alignment.none, .eyes])
    func agreesWithTheOriginal(alignment: Alignment) async throws {
        let recorded = try Shared.golden(
            "extract_mediapipe", as: [DetectorGoldenTests.Recorded].self, keys: .useDefaultKeys
        ).filter { $0.align == (alignment == .eyes) }
        let options = try options("mediapipe", alignment)
        let photos = try recorded.map { ImageSource.path(try Shared.photo($0.image)) }
        let results = await TestPipeline.deepface.extractFaces(photos, options: options)
        var (faces, agreeing) = (0, 0)
        var others: [String] = []
        for (entry, result) in zip(recorded, results) {
            // A photo in which the original finds nothing is recorded as a face of its own size.
            let expected = entry.faces.filter { $0.confidence > 0 }
            let found = try result.get().filter { $0.confidence > 0 }
            faces += max(expected.count, found.count)
            for face in expected {
                if found.contains(where: {
                    Self.near($0.facialArea, face.facialArea) && abs($0.confidence - face.confidence) < 0.02
                }) {
                    agreeing += 1
                } else {
                    others.append("\(entry.image): \(face.facialArea) not in \(found.map(\.facialArea))")
                }
            }
        }
        #expect(faces >= (alignment == .eyes ? 36 : 64))
        #expect(Double(agreeing) >= 0.97 * Double(faces), Comment(rawValue: others.joined(separator: "\n")))
    }

    private static func near(_ a: FacialArea, _ b: FacialArea) -> Bool {
        let tolerance = max(2, b.w / 100)
        func close(_ a: Int, _ b: Int) -> Bool { abs(a - b) <= tolerance }
        func close(_ a: [Int]?, _ b: [Int]?) -> Bool {
            switch (a, b) {
            case (nil, nil): true
            case (let a?, let b?): close(a[0], b[0]) && close(a[1], b[1])
            default: false
            }
        }
        return close(a.x, b.x) && close(a.y, b.y) && close(a.w, b.w) && close(a.h, b.h)
            && close(a.leftEye, b.leftEye) && close(a.rightEye, b.rightEye)
    }

    /// With the right colours at least as many of the faces are found that MTCNN finds in the original as the
    /// original's own run of MediaPipe finds, and at short range one in every photo.
    @Test(.needsShared, arguments: names)
    func findsAtLeastWhatTheOriginalFinds(detector: String) async throws {
        func recorded(_ name: String) throws -> [DetectorGoldenTests.Recorded] {
            try Shared.golden("extract_\(name)", as: [DetectorGoldenTests.Recorded].self, keys: .useDefaultKeys)
                .filter { !$0.align }
        }
        let (original, certain) = (try recorded("mediapipe"), try recorded("mtcnn"))
        let photos = try original.map { ImageSource.path(try Shared.photo($0.image)) }
        let results = await TestPipeline.deepface.extractFaces(photos, options: try options(detector))
        var (theirs, ours) = (0, 0)
        for (index, result) in results.enumerated() {
            let found = try result.get().filter { $0.confidence > 0 }.map(\.facialArea)
            #expect(!found.isEmpty || detector == "mediapipe-full", "\(original[index].image)")
            let real = certain.first { $0.image == original[index].image }?.faces ?? []
            for face in real where face.confidence > 0 {
                func finds(_ area: FacialArea) -> Bool { Self.overlap(area, face.facialArea) > 0.3 }
                if original[index].faces.contains(where: { $0.confidence > 0 && finds($0.facialArea) }) { theirs += 1 }
                if found.contains(where: finds) { ours += 1 }
            }
        }
        #expect(ours >= theirs && theirs > 50, "\(ours) here, \(theirs) there")
    }

    private static func overlap(_ a: FacialArea, _ b: FacialArea) -> Double {
        let width = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
        let height = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
        let both = Double(max(0, width) * max(0, height))
        return both / (Double(a.w * a.h + b.w * b.h) - both)
    }

    @Test(.needsSamplePhotos, arguments: names)
    func aMirroredPhotoGivesMirroredFaces(detector: String) async throws {
        let photo = try await TestPipeline.deepface.photo(SamplePhotos.path("obama"))
        let options = try options(detector)
        let face = try #require(try await faces(photo, options).first?.facialArea)
        let other = try #require(try await faces(photo.mirrored, options).first?.facialArea)
        // The networks are not quite symmetrical; were left and right not exchanged, 40 % would be missing.
        let tolerance = face.w / 10
        #expect(abs(photo.width - other.x - other.w - face.x) <= tolerance && abs(other.y - face.y) <= tolerance)
        #expect(abs(other.w - face.w) <= tolerance && abs(other.h - face.h) <= tolerance)
        func expectMirrored(_ point: [Int]?, _ mirrored: [Int]?) throws {
            let (point, mirrored) = (try #require(point), try #require(mirrored))
            #expect(abs(photo.width - 1 - mirrored[0] - point[0]) <= tolerance)
            #expect(abs(mirrored[1] - point[1]) <= tolerance)
        }
        try expectMirrored(face.leftEye, other.rightEye)
        try expectMirrored(face.rightEye, other.leftEye)
        try expectMirrored(face.nose, other.nose)
        #expect(try #require(face.leftEye)[0] > #require(face.rightEye)[0])
    }

    /// Odd sizes, no face, half a face: no crash, and no box outside the image.
    @Test(arguments: names, [Alignment?.none, .some(.none), .some(.eyes)])
    func hostileImages(detector: String, alignment: Alignment?) async throws {
        let options = try options(detector, alignment)
        var images = [
            Image(filledWith: .white, width: 1, height: 1), Image(filledWith: .white, width: 1, height: 700),
            Image(filledWith: .white, width: 40_000, height: 2),
            Image(filledWith: Color(blue: 0, green: 0, red: 0), width: 320, height: 200),
            Stream.noise(height: 300, width: 211, 7),
        ]
        if FileManager.default.fileExists(atPath: SamplePhotos.folder.appending(path: "obama.jpg").path) {
            let photo = try await TestPipeline.deepface.photo(SamplePhotos.path("obama"))
            let face = try #require(try await faces(photo, self.options(detector)).first?.facialArea)
            for box in [
                Box(x: face.x + face.w / 3, y: 0, width: photo.width - face.x - face.w / 3, height: photo.height),
                Box(x: 0, y: face.y + face.h / 3, width: photo.width, height: photo.height - face.y - face.h / 3),
                Box(x: 0, y: 0, width: face.x + face.w * 2 / 3, height: face.y + face.h * 2 / 3),
            ] {
                images.append(try #require(photo.cropped(to: box)))
            }
        }
        for image in images {
            let found = try await faces(image, options)
            // The original's own boxes leave the image.
            for face in found where alignment == nil {
                let area = face.facialArea
                #expect(area.x >= 0 && area.y >= 0 && area.w > 0 && area.h > 0)
                #expect(area.x + area.w <= image.width && area.y + area.h <= image.height)
            }
        }
    }
}
