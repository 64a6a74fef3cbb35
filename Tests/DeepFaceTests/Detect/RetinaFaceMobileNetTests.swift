import DeepFace
import Foundation
import Testing

/// The small RetinaFace with its real weights, on photos whose faces another detector found.
@Suite(.needsShared, .serialized) struct RetinaFaceMobileNetTests {
    static func detector() async throws -> (any Detector, URL) {
        let (deepface, home) = try SharedDetectors.pipeline("retinaface/mobilenet0.25_Final.pth")
        return (try await deepface.detector(.retinafaceMobileNet), home)
    }

    /// All of YuNet's faces, with the eyes where they are there; few others.
    @Test func findsFaces() async throws {
        let (detector, home) = try await Self.detector()
        defer { try? FileManager.default.removeItem(at: home) }
        let recorded = try Shared.golden(
            "extract_yunet", as: [DetectorGoldenTests.Recorded].self, keys: .useDefaultKeys
        ).filter { !$0.align }
        var (faces, found, others, eyes) = (0, 0, 0, 0)
        for entry in recorded {
            let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(entry.image))))
            var open = try detector.detect(in: photo)
            for face in entry.faces where face.facialArea.rightEye != nil {
                faces += 1
                let area = face.facialArea
                let box = Box(x: area.x, y: area.y, width: area.w, height: area.h)
                guard let index = open.firstIndex(where: { $0.box.share(box) > 0.4 }) else { continue }
                found += 1
                let landmarks = open.remove(at: index).landmarks
                func near(_ point: Point?, _ recorded: [Int]?) -> Bool {
                    guard let point, let recorded else { return false }
                    return hypot(point.x - Double(recorded[0]), point.y - Double(recorded[1])) < 0.12 * Double(area.w)
                }
                // Left and right as the person has them.
                if near(landmarks.leftEye, area.leftEye), near(landmarks.rightEye, area.rightEye) { eyes += 1 }
            }
            others += open.count
        }
        #expect(faces > 60)
        #expect(Double(found) >= 0.97 * Double(faces), "\(found) of \(faces)")
        #expect(Double(eyes) >= 0.95 * Double(faces), "\(eyes) of \(faces)")
        #expect(Double(others) <= 0.12 * Double(faces), "\(others) besides \(faces)")
    }

    @Test func findsACrowd() async throws {
        let (detector, home) = try await Self.detector()
        defer { try? FileManager.default.removeItem(at: home) }
        let photo = try Image(decoding: Data(contentsOf: Shared.url("images/crowd/linzaer_1.jpg")))
        let faces = try detector.detect(in: photo)
        #expect((49...53).contains(faces.count), "\(faces.count) faces")
    }

    /// A mirror swaps left and right, and moves nothing else by much.
    @Test(arguments: ["img1.jpg", "img67.jpg"]) func mirrors(_ name: String) async throws {
        let (detector, home) = try await Self.detector()
        defer { try? FileManager.default.removeItem(at: home) }
        let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(name))))
        let face = try #require(try detector.detect(in: photo).first)
        let turned = try #require(try detector.detect(in: photo.mirrored).first)
        let tolerance = 0.06 * Double(face.box.width)
        func near(_ a: Point?, _ b: Point?) -> Bool {
            guard let a, let b else { return false }
            return hypot(Double(photo.width - 1) - a.x - b.x, a.y - b.y) < tolerance
        }
        let (own, other) = (face.landmarks, turned.landmarks)
        #expect(near(own.leftEye, other.rightEye) && near(own.rightEye, other.leftEye))
        #expect(near(own.mouthLeft, other.mouthRight) && near(own.mouthRight, other.mouthLeft))
        #expect(near(own.nose, other.nose))
    }
}
