import DeepFace
import Foundation
import Testing

/// The measures on made-up faces.
struct QualityMeasureTests {
    /// A picture whose level at a place is what `level` says.
    private func picture(_ side: Int = 200, _ level: (Double, Double) -> Double) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let value = UInt8(min(255, max(0, level(Double(x), Double(y)))))
                pixels += [value, value, value]
            }
        }
        return Image(width: side, height: side, bgr: pixels)
    }

    /// Light and dark, with an edge that is `width` pixels wide each ten pixels.
    private func stripes(edge width: Double, from dark: Double = 40, to light: Double = 220) -> Image {
        picture { x, y in
            let wave = sin(x * .pi / 10) * cos(y * .pi / 10) / width * 5
            return (dark + light) / 2 + (light - dark) / 2 * max(-1, min(1, wave))
        }
    }

    private let whole = DetectedFace(box: Box(x: 0, y: 0, width: 200, height: 200), score: 1)

    /// An average head's points, turned by degrees to the photo's right, up and clockwise.
    private func face(yaw: Double = 0, pitch: Double = 0, roll: Double = 0, eyes: Double = 60) -> DetectedFace {
        // Eye distances to the right, down, and towards the camera.
        let head = [(0.5, 0.0, 0.0), (-0.5, 0, 0), (0, 0.59, 0.45), (0.46, 1.01, 0.1), (-0.46, 1.01, 0.1)]
        func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
        let points = head.map { x, y, z -> Point in
            let (a, b, c) = (radians(yaw), radians(pitch), radians(roll))
            let (x1, z1) = (x * cos(a) + z * sin(a), z * cos(a) - x * sin(a))
            let y1 = y * cos(b) - z1 * sin(b)
            return Point(
                x: 100 + eyes * (x1 * cos(c) - y1 * sin(c)), y: 80 + eyes * (x1 * sin(c) + y1 * cos(c)))
        }
        return DetectedFace(
            box: Box(x: 30, y: 20, width: 140, height: 170),
            landmarks: Landmarks(
                leftEye: points[0], rightEye: points[1], nose: points[2], mouthLeft: points[3], mouthRight: points[4]),
            score: 1)
    }

    @Test(arguments: [(0.0, 0.0, 0.0), (30, 0, 0), (-30, 0, 0), (0, 20, 0), (0, -20, 0), (20, 10, 25), (-40, 5, -60)])
    func poseIsThatOfThePoints(yaw: Double, pitch: Double, roll: Double) throws {
        let pose = try FaceQuality(of: face(yaw: yaw, pitch: pitch, roll: roll), in: stripes(edge: 2)).pose
        let found = [try #require(pose.yaw), try #require(pose.pitch), try #require(pose.roll)]
        for (angle, truth) in zip(found, [yaw, pitch, roll]) { #expect(abs(angle - truth) < 4, "\(pose)") }
    }

    @Test func turningAwayCostsAndLeaningDoesNot() throws {
        let photo = stripes(edge: 2)
        let scores = try [0.0, 15, 30, 45, 60].map { yaw in
            try #require(try FaceQuality(of: face(yaw: yaw), in: photo).pose.score)
        }
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 > $1 } && scores[0] > 0.95 && scores[4] < 0.35)
        let leaning = try FaceQuality(of: face(roll: 40), in: photo).pose
        #expect(try #require(leaning.score) > 0.95)
        #expect(try FaceQuality(of: face(yaw: 60), in: photo).reasons().contains(.turned))
        // Nothing is known of a face without points, and nothing is held against it.
        let unknown = try FaceQuality(of: whole, in: photo).pose
        #expect(unknown.score == nil && unknown.yaw == nil && unknown.roll == nil)
        // All points in one place say nothing either.
        let point = Point(x: 50, y: 50)
        let nowhere = DetectedFace(
            box: whole.box,
            landmarks: Landmarks(leftEye: point, rightEye: point, nose: point, mouthLeft: point, mouthRight: point),
            score: 1)
        #expect(try FaceQuality(of: nowhere, in: photo).pose.score == nil)
    }

    @Test func wideEdgesAreBlur() throws {
        let details = try [0.5, 2, 5].map { try FaceQuality(of: whole, in: stripes(edge: $0)).sharpness.detail }
        #expect(zip(details, details.dropFirst()).allSatisfy { $0 > $1 }, "\(details)")
        let smooth = try FaceQuality(of: whole, in: picture { x, _ in x })
        #expect(smooth.sharpness.detail < 0.2 && smooth.reasons().contains(.blurred))
        let one = try FaceQuality(of: whole, in: picture { _, _ in 120 })
        #expect(one.score == 0 && one.sharpness.score == 0 && one.reasons().contains(.flat))
    }

    @Test func lightIsJudgedByWhatCanBeToldApart() throws {
        func exposure(_ dark: Double, _ light: Double) throws -> FaceQuality {
            try FaceQuality(of: whole, in: stripes(edge: 1, from: dark, to: light))
        }
        let (good, night, fog) = (try exposure(20, 130), try exposure(0, 10), try exposure(110, 124))
        // A dark face in good light is as good as a light one.
        let light = try exposure(120, 235)
        #expect(good.exposure.score == 1 && light.exposure.score == 1)
        #expect(good.exposure.brightness < 0.35)
        #expect(night.exposure.score ?? 1 < 0.1 && night.reasons().contains(.dark))
        #expect(fog.exposure.score ?? 1 < 0.5 && fog.reasons().contains(.flat))
        let burnt = try exposure(150, 900)
        #expect(burnt.exposure.white > 0.3 && burnt.exposure.score ?? 1 < 0.7 && burnt.exposure.reason == .bright)
    }

    @Test func fewPixelsAndCutFaces() throws {
        let photo = stripes(edge: 2)
        let scores = try [8.0, 16, 32, 60].map { eyes in
            try #require(try FaceQuality(of: face(eyes: eyes), in: photo).size.score)
        }
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 } && scores[0] < 0.5 && scores[3] > 0.9)
        #expect(try FaceQuality(of: face(eyes: 8), in: photo).reasons().contains(.small))
        var cut = face(eyes: 15)
        cut.box = Box(x: -100, y: 20, width: 170, height: 170)
        let quality = try FaceQuality(of: cut, in: photo)
        #expect(quality.occlusion.visible < 0.5 && quality.reasons().contains(.cut))
        // A face that lies outside altogether is measured all the same.
        _ = try FaceQuality(of: DetectedFace(box: Box(x: 900, y: 900, width: 5, height: 5), score: 1), in: photo)
        _ = try FaceQuality(of: DetectedFace(box: Box(x: 0, y: 0, width: 0, height: 0), score: 1), in: photo)
    }

    @Test func theWholeIsTheLeastOfTheParts() throws {
        let quality = try FaceQuality(of: face(yaw: 50, eyes: 6), in: stripes(edge: 2))
        let parts = [
            quality.size.score, quality.sharpness.score, quality.pose.score, quality.exposure.score,
            quality.occlusion.score,
        ].compactMap(\.self)
        #expect(parts.count == 5 && quality.score == parts.min())
        #expect(quality.reasons(below: 0) == [] && quality.reasons(below: 1.1).count == 5)
        let json = try JSONEncoder().encode(quality)
        #expect(try JSONDecoder().decode(FaceQuality.self, from: json) == quality)
        #expect(quality.reasons().contains(.small) && quality.reasons().contains(.turned))
        #expect(String(decoding: json, as: UTF8.self).contains("\"reasons\":[\""))
    }
}
