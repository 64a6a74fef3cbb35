import DeepFace
import Foundation
import Testing

@Suite(.needsShared) struct EyeRotationGoldenTests {
    struct Rotated: Decodable {
        struct Case: Decodable {
            let gen: String
            let h, w: Int
            let leftEye, rightEye: [Double]?
            let angle: Double
            let sum: [Int]
            let sha256: String
        }
        let cases: [Case]
    }

    @Test func rotation() throws {
        let cases = try Shared.golden("align_img_wrt_eyes", as: Rotated.self).cases
        #expect(cases.count == 42)
        for golden in cases {
            let source =
                golden.gen == "noise"
                ? Stream.noise(height: golden.h, width: golden.w, 7000)
                : Stream.smooth(height: golden.h, width: golden.w)
            let eyes = Landmarks(leftEye: point(golden.leftEye), rightEye: point(golden.rightEye))
            let angle = EyeRotation.angle(eyes)
            #expect(abs(angle - golden.angle) < 1e-9)
            let turned =
                angle == 0
                ? source
                : try source.rotated(
                    degrees: angle, about: Point(x: Double(source.width / 2), y: Double(source.height / 2)))
            #expect(sha256(turned.pixels) == golden.sha256, "\(golden.gen) \(golden.angle)")
        }
    }

    struct Projected: Decodable {
        struct Case: Decodable {
            let facialArea: [Int]
            let angle: Double
            let size: [Int]
            let out: [Int]
        }
        let cases: [Case]
    }

    @Test func projection() throws {
        for golden in try Shared.golden("project_facial_area", as: Projected.self).cases {
            let area = golden.facialArea
            let box = Box(x: area[0], y: area[1], width: area[2] - area[0], height: area[3] - area[1])
            let moved = EyeRotation.project(box, angle: golden.angle, width: golden.size[1], height: golden.size[0])
            let corners = [moved.x, moved.y, moved.x + moved.width, moved.y + moved.height]
            // An empty result has no corners to speak of.
            let expected = golden.out[2] > golden.out[0] && golden.out[3] > golden.out[1]
            #expect(expected ? corners == golden.out : moved.width == 0 || moved.height == 0, "\(golden)")
        }
    }

    struct Surroundings: Decodable {
        struct Case: Decodable {
            let facialArea, shape: [Int]
            let relativeX, relativeY: Int
            let sha256: String
        }
        let cases: [Case]
    }

    @Test func surroundings() throws {
        let source = Stream.smooth(height: 90, width: 110)
        for golden in try Shared.golden("extract_sub_image", as: Surroundings.self).cases {
            let area = golden.facialArea
            let found = EyeRotation.surroundings(
                of: Box(x: area[0], y: area[1], width: area[2], height: area[3]), in: source)
            #expect([found.image.height, found.image.width, 3] == golden.shape)
            #expect((found.x, found.y) == (golden.relativeX, golden.relativeY))
            #expect(sha256(found.image.pixels) == golden.sha256)
        }
    }

    struct Extracted: Decodable {
        /// `[x, y, w, h, [left eye], [right eye]]`.
        struct Area: Decodable {
            var numbers: [Int] = []
            var eyes: [[Double]] = []
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                for _ in 0..<4 { numbers.append(try list.decode(Int.self)) }
                for _ in 0..<2 { eyes.append(try list.decode([Double].self)) }
            }
        }
        let expand: Int
        let align: Bool
        let inp, out: Area
        let shape: [Int]
        let sha256: String
    }

    /// Expansion, surroundings, rotation, projection and crop together.
    @Test func extraction() throws {
        let padded = Stream.smooth(height: 300, width: 260)
        let cases: [Extracted] = try Shared.golden("extract_face")
        #expect(cases.count == 30)
        for golden in cases {
            let area = golden.inp.numbers
            let box = Box(x: area[0], y: area[1], width: area[2], height: area[3])
                .grown(percent: golden.expand, in: padded)
            let eyes = Landmarks(leftEye: point(golden.inp.eyes[0]), rightEye: point(golden.inp.eyes[1]))
            let face =
                golden.align ? try EyeRotation.face(in: box, landmarks: eyes, of: padded) : padded.cropped(to: box)
            let image = try #require(face)
            // The recorded borders were 50 and 40 pixels, which only alignment takes off again.
            let border = golden.align ? (50, 40) : (0, 0)
            #expect([box.x - border.0, box.y - border.1, box.width, box.height] == golden.out.numbers)
            #expect([image.height, image.width, 3] == golden.shape)
            #expect(sha256(image.pixels) == golden.sha256)
        }
    }

    private func point(_ place: [Double]?) -> Point? { place.map { Point(x: $0[0], y: $0[1]) } }
}
