import DeepFace
import Foundation
import Testing

/// Quality of the sample photos' faces, and the bar for it.
@Suite(.needsSamplePhotos, .serialized) struct QualityGateTests {
    private let deepface = TestPipeline.deepface

    private func portrait() async throws -> Image {
        let photo = try await deepface.photo(SamplePhotos.path("obama"))
        return try photo.scaled(width: 400, height: 400 * photo.height / photo.width)
    }

    private func quality(_ photo: Image) async throws -> FaceQuality {
        try #require(try await deepface.quality(.pixels(photo)).first).quality
    }

    /// The same picture with every level changed.
    private func changed(_ photo: Image, _ level: (Double) -> Double) -> Image {
        Image(
            width: photo.width, height: photo.height,
            bgr: photo.pixels.map { UInt8(min(255, max(0, level(Double($0)).rounded()))) })
    }

    @Test func whatSpoilsAPhotoLowersItsQuality() async throws {
        let photo = try await portrait()
        let good = try await quality(photo)
        #expect(good.score > 0.6 && good.reasons().isEmpty, "\(good)")
        var blurred = [good.sharpness.detail]
        for factor in [4, 6, 9] {
            let small = try photo.scaled(width: photo.width / factor, height: photo.height / factor)
            let quality = try await quality(small.resized(width: photo.width, height: photo.height))
            blurred.append(quality.sharpness.detail)
        }
        #expect(zip(blurred, blurred.dropFirst()).allSatisfy { $0 > $1 }, "\(blurred)")
        var sizes = [good.size.eyeDistance]
        for factor in [2, 4] {
            sizes.append(
                try await quality(photo.scaled(width: photo.width / factor, height: photo.height / factor)).size
                    .eyeDistance)
        }
        #expect(abs(sizes[0] / sizes[1] - 2) < 0.4 && abs(sizes[0] / sizes[2] - 4) < 1, "\(sizes)")
        var dark = [try #require(good.exposure.score)]
        for gain in [0.25, 0.15, 0.1] {
            dark.append(try #require(try await quality(changed(photo) { $0 * gain }).exposure.score))
        }
        #expect(zip(dark, dark.dropFirst()).allSatisfy { $0 > $1 }, "\(dark)")
        let mirrored = try await quality(photo.mirrored)
        let (yaw, other) = (try #require(good.pose.yaw), try #require(mirrored.pose.yaw))
        #expect(abs(yaw + other) < 8)
        #expect(abs(mirrored.sharpness.detail - good.sharpness.detail) < 0.05)
    }

    @Test func aHiddenHalfIsNoticed() async throws {
        var photo = try await portrait()
        let face = try #require(try await deepface.extractFaces(.pixels(photo)).first).facialArea
        let landmarks = Landmarks(
            leftEye: point(face.leftEye), rightEye: point(face.rightEye), nose: point(face.nose),
            mouthLeft: point(face.mouthLeft), mouthRight: point(face.mouthRight))
        let found = DetectedFace(
            box: Box(x: face.x, y: face.y, width: face.w, height: face.h), landmarks: landmarks, score: 1)
        let whole = try FaceQuality(of: found, in: photo)
        #expect(try #require(whole.occlusion.symmetry) > 0.5)
        let nose = try #require(face.nose)
        let hand = Image(filledWith: Color(blue: 110, green: 130, red: 160), width: face.w, height: face.h)
        photo.paste(hand, x: nose[0], y: face.y)
        let hidden = try FaceQuality(of: found, in: photo)
        #expect(hidden.occlusion.score ?? 1 < 0.6, "\(hidden)")
        #expect(hidden.occlusion.reason == .occluded)
    }

    private func point(_ place: [Int]?) -> Point? { place.map { Point(x: Double($0[0]), y: Double($0[1])) } }

    /// A large face and a tiny one in one photo: the bar turns the tiny one away and says why.
    @Test func theBarTurnsAwayAndSaysWhy() async throws {
        let photo = try await portrait()
        let tiny = try photo.scaled(width: 100, height: 100 * photo.height / photo.width)
        let grey = Color(blue: 110, green: 110, red: 110)
        var both = Image(filledWith: grey, width: photo.width + 160, height: photo.height)
        both.paste(photo, x: 0, y: 0)
        both.paste(tiny, x: photo.width + 30, y: 30)
        var options = Options()
        #expect(try await deepface.represent(.pixels(both), options: options).count == 2)
        options.minimumQuality = 0.5
        let shown = try await deepface.representPhotos([.pixels(both)], options: options)[0].get()
        #expect(shown.faces.count == 1 && shown.faces[0].facialArea.w > 60 && shown.faces[0].quality == nil)
        let rejected = try #require(shown.rejected.first)
        #expect(rejected.reasons.first == .small && rejected.bar == 0.5 && rejected.facialArea.x > photo.width)
        #expect("\(rejected)".contains("below 0.5: small"))
        #expect(try await deepface.extractFaces(.pixels(both), options: options).count == 1)

        var alone = Image(filledWith: grey, width: 300, height: 300)
        alone.paste(tiny, x: 100, y: 100)
        for call in 0..<3 {
            let error = await #expect(throws: DeepFaceError.self) {
                switch call {
                case 0: _ = try await deepface.represent(.pixels(alone), options: options)
                case 1: _ = try await deepface.verify(.pixels(photo), .pixels(alone), options: options)
                default: _ = try await deepface.extractFaces(.pixels(alone), options: options)
                }
            }
            #expect(error?.code == .lowQuality && error?.message.contains("small") == true, "\(error?.message ?? "")")
        }
        options.measuresQuality = true
        let told = try await deepface.represent(.pixels(both), options: options)
        #expect(told[0].quality?.score ?? 0 >= 0.5 && told[0].quality?.embeddingNorm == nil)
        options.minimumQuality = 1.5
        let error = await #expect(throws: DeepFaceError.self) {
            try await deepface.represent(.pixels(photo), options: options)
        }
        #expect(error?.code == .invalidOption)
    }

    /// The bar is part of how a gallery was made, and galleries of before it stay what they were.
    @Test func aBarHasAGalleryOfItsOwn() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "album \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let photo = try await portrait()
        try photo.png().write(to: folder.appending(path: "a.png"))
        try photo.scaled(width: 50, height: 50 * photo.height / photo.width).resized(width: 400, height: 500).png()
            .write(to: folder.appending(path: "b.png"))
        let all = try await deepface.gallery(of: folder.path)
        var options = Options()
        options.minimumQuality = 0.5
        let good = try await deepface.gallery(of: folder.path, options: options)
        #expect(all.faceCount == 2 && good.faceCount == 1 && good.photosWithoutFace == ["b.png"])
        #expect(all.url != good.url)
        let json = String(decoding: try JSONEncoder().encode(EmbeddingRecipe(Options())), as: UTF8.self)
        #expect(!json.contains("min_quality"))
    }
}
