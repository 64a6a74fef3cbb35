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
        for golden in try Shared.golden("project_facialArea", as: Projected.self).cases {
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

    private func point(_ place: [Double]?) -> Point? { place.map { Point(x: $0[0], y: $0[1]) } }
}
