import DeepFace
import Foundation
import Testing

/// OpenCV's detector on what is no photo, and where it is not asked to be as in Python.
@Suite(.needsTestHome, .serialized) struct SSDTests {
    private func options(_ alignment: Alignment) -> Options {
        var options = Options()
        options.detector = .ssd
        options.alignment = alignment
        options.enforceDetection = false
        return options
    }

    /// The boxes found; a photo without a face is given back whole, with confidence 0.
    private func faces(_ source: ImageSource, _ alignment: Alignment) async throws -> [ExtractedFace] {
        let results = await TestHome.deepface.extractFaces([source], options: options(alignment))
        return try results[0].get().filter { $0.confidence > 0 }
    }

    @Test(arguments: [(1, 1), (300, 300), (640, 2)]) func nothingInBlack(width: Int, height: Int) async throws {
        let black = Image(width: width, height: height, bgr: [UInt8](repeating: 0, count: width * height * 3))
        for alignment in [Alignment.none, .landmarks] {
            #expect(try await faces(.pixels(black), alignment).isEmpty)
        }
    }

    /// One of the faces is cut by the photo's edge; and there are eight at most.
    @Test(.needsShared) func faceAtTheEdge() async throws {
        let photo = ImageSource.path(try Shared.photo("selfie-many-people.jpg"))
        let found = try await faces(photo, .landmarks)
        #expect(found.count <= 8)
        #expect(found.contains { $0.facialArea.x > 450 && $0.facialArea.y > 250 })
    }
}
