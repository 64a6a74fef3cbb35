import DeepFace
import Foundation
import Testing

/// Images without faces, of odd shapes, and with half a face at the border: detectors answer, and with boxes inside.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct HostileImageTests {
    enum Picture: String, CaseIterable {
        case onePixel, row, column, strip, black, noise, faceAtBorder

        func image() throws -> Image {
            switch self {
            case .onePixel: return .black(width: 1, height: 1)
            case .row: return Stream.noise(height: 1, width: 700, 5)
            case .column: return Stream.noise(height: 700, width: 1, 6)
            case .strip: return Stream.noise(height: 9, width: 2000, 7)
            case .black: return .black(width: 300, height: 200)
            case .noise: return Stream.noise(height: 231, width: 317, 8)
            case .faceAtBorder:
                let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo("img5.jpg"))))
                return try #require(photo.cropped(to: Box(x: 150, y: 200, width: 150, height: 120)))
            }
        }
    }

    @Test(arguments: Picture.allCases) func mobileNet(_ picture: Picture) async throws {
        let (detector, home) = try await RetinaFaceMobileNetTests.detector()
        defer { try? FileManager.default.removeItem(at: home) }
        try check(detector, picture)
    }

    @Test(.needsWeights(of: .dlibCNN), arguments: Picture.allCases)
    func dlibCNN(_ picture: Picture) async throws {
        try check(try await TestPipeline.deepface.detector(.dlibCNN), picture)
    }

    /// With made-up weights it finds anything anywhere.
    @Test(arguments: Picture.allCases) func retinaFace(_ picture: Picture) async throws {
        try check(try await Self.deepface.detector(.retinaface), picture)
    }

    /// Scaled as Python scales: up to a longest side of 1980.
    @Test(arguments: [Picture.row, .strip, .faceAtBorder]) func retinaFaceAsPython(_ picture: Picture) async throws {
        let image = try picture.image()
        let faces = try await Self.deepface.detector(.retinaface, parity: true).detect(in: image)
        #expect(faces.allSatisfy { $0.box.x >= 0 && $0.box.y >= 0 && $0.score >= 0.9 })
    }

    private static let deepface = TestHome.pipeline()

    private func check(_ detector: any Detector, _ picture: Picture) throws {
        let image = try picture.image()
        for face in try detector.detect(in: image) {
            let box = face.box
            #expect(
                box.x >= 0 && box.y >= 0 && box.width >= 0 && box.height >= 0 && box.x + box.width <= image.width
                    && box.y + box.height <= image.height, "\(box) in \(image.width) × \(image.height)")
            #expect((0...1).contains(face.score))
            #expect(face.landmarks.nose.map { $0.x.isFinite && $0.y.isFinite } ?? true)
        }
    }
}
