import DeepFace
import Foundation
import Testing

/// What any detector is asked for: turned faces, bounded sizes, crowds, the person's own left and right.
@Suite(.needsShared, .needsTestHome) struct FaceSearchTests {
    private func faces(
        _ photo: ImageSource, _ change: (inout Options) -> Void = { _ in }
    ) async throws -> [ExtractedFace] {
        var options = Options()
        options.detector = .yunet
        options.enforceDetection = false
        change(&options)
        return try await TestHome.deepface.extractFaces(photo, options: options)
    }

    private func photo(_ name: String) throws -> Image {
        try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(name))))
    }

    /// `image` with the pixel at (x, y) taken from `place(x, y)`.
    private func moved(
        _ image: Image, width: Int, height: Int, _ place: (Int, Int) -> (x: Int, y: Int)
    ) -> Image {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let from = place(x, y)
                let start = (from.y * image.width + from.x) * 3
                pixels += image.pixels[start..<start + 3]
            }
        }
        return Image(width: width, height: height, bgr: pixels)
    }

    @Test(arguments: [("linzaer_17", 100), ("linzaer_1", 45)]) func crowds(name: String, atLeast: Int) async throws {
        let path = try Shared.url("images/crowd/\(name).jpg").path
        #expect(try await faces(.path(path)).count >= atLeast)
    }

    /// Quarter turns of a photo show the same faces in the same places, turned.
    @Test(arguments: 1...3) func turnedFacesAreFound(quarters: Int) async throws {
        let upright = try photo("img2.jpg")
        let (width, height) = (upright.width, upright.height)
        let turned =
            switch quarters {
            case 1: moved(upright, width: height, height: width) { ($1, height - 1 - $0) }
            case 2: moved(upright, width: width, height: height) { (width - 1 - $0, height - 1 - $1) }
            default: moved(upright, width: height, height: width) { (width - 1 - $1, $0) }
            }
        let expected = try #require(try await faces(.pixels(upright)).first)
        let found = try await faces(.pixels(turned)) { $0.anyRotation = true }
        #expect(found.count == 1)
        let face = try #require(found.first).facialArea
        let left = try #require(face.leftEye)
        let wanted = try #require(expected.facialArea.leftEye)
        let place =
            switch quarters {
            case 1: [height - 1 - wanted[1], wanted[0]]
            case 2: [width - 1 - wanted[0], height - 1 - wanted[1]]
            default: [wanted[1], width - 1 - wanted[0]]
            }
        let room = expected.facialArea.w / 20
        #expect(zip(left, place).allSatisfy { abs($0 - $1) <= room }, "\(left), not \(place)")
        // Laid on the template, the face looks as it does in the upright photo.
        let pairs = zip(found[0].image.pixels, expected.image.pixels)
        let difference = pairs.reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } / expected.image.pixels.count
        #expect(difference < 12)
    }

    /// In the mirror the left eye is the right one.
    @Test(arguments: ["mtcnn", "fastmtcnn", "yunet", "mediapipe", "mediapipe-full", "ssd", "dlib"])
    func mirrored(detector: String) async throws {
        let image = try photo("img2.jpg")
        let mirror = moved(image, width: image.width, height: image.height) { (image.width - 1 - $0, $1) }
        let model = try DetectorRegistry.detector(named: detector)
        let face = try #require(try await faces(.pixels(image)) { $0.detector = model }.first).facialArea
        let other = try #require(try await faces(.pixels(mirror)) { $0.detector = model }.first).facialArea
        let (left, right) = (try #require(face.leftEye), try #require(other.rightEye))
        #expect(abs(image.width - 1 - left[0] - right[0]) <= face.w / 12)
        #expect(abs(left[1] - right[1]) <= face.w / 12)
        #expect(left[0] > (face.rightEye?[0] ?? .max))
    }

    /// What was found in the photo scaled down lies where it lies in the photo.
    @Test func boundedSize() async throws {
        let path = ImageSource.path(try Shared.photo("img1.jpg"))
        let full = try #require(try await faces(path) { $0.detectionSize = .full }.first).facialArea
        let small = try #require(try await faces(path) { $0.detectionSize = .longestSide(320) }.first).facialArea
        let room = full.w / 12
        for (a, b) in [(full.x, small.x), (full.y, small.y), (full.w, small.w), (full.h, small.h)] {
            #expect(abs(a - b) <= room)
        }
        let (left, other) = (try #require(full.leftEye), try #require(small.leftEye))
        #expect(zip(left, other).allSatisfy { abs($0 - $1) <= room })
        await #expect(throws: DeepFaceError.self) { try await faces(path) { $0.detectionSize = .longestSide(3) } }
    }

    /// No face twice, whatever finds them.
    @Test(arguments: ["mtcnn", "fastmtcnn", "opencv", "mediapipe-full"])
    func countsOnce(detector: String) async throws {
        let model = try DetectorRegistry.detector(named: detector)
        let found = try await faces(.path(Shared.photo("selfie-many-people.jpg"))) { $0.detector = model }
        for (index, face) in found.enumerated() {
            for other in found[..<index] {
                let (a, b) = (face.facialArea, other.facialArea)
                let width = max(0, min(a.x + a.w, b.x + b.w) - max(a.x, b.x))
                let height = max(0, min(a.y + a.h, b.y + b.h) - max(a.y, b.y))
                let both = Double(width * height)
                #expect(both / (Double(a.w * a.h + b.w * b.h) - both) < 0.55)
            }
        }
    }
}
