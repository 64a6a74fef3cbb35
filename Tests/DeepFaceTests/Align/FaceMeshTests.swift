import DeepFace
import Foundation
import Testing

/// MediaPipe's face mesh as a source of landmarks.
@Suite("Face mesh", .needsWeights("mediapipe", "facemesh"), .needsShared, .serialized) struct FaceMeshTests {
    /// The person's left eye, right eye, nose, left and right corner of the mouth, as MediaPipe 0.10.14 places them in
    /// Python (`solutions.face_mesh`, points 263 with 362, 33 with 133, 1, 291, 61).
    static let recorded = [
        "img1.jpg": [[862, 533], [588, 530], [735, 696], [878, 784], [585, 784]],
        "img11.jpg": [[370, 251], [255, 217], [305, 307], [331, 370], [232, 344]],
        "img29.jpg": [[341, 242], [248, 240], [305, 294], [341, 339], [260, 342]],
        "img47.jpg": [[812, 655], [494, 653], [657, 861], [779, 976], [538, 980]],
    ]

    private func points(_ image: Image, detector: DetectorModel = .mediapipe) async throws -> [[Int]] {
        var options = Options()
        options.detector = detector
        options.landmarks = .mesh
        options.maximumFaces = 1
        let area = try await TestPipeline.deepface.extractFaces(.pixels(image), options: options)[0].facialArea
        let points = [area.leftEye, area.rightEye, area.nose, area.mouthLeft, area.mouthRight]
        return try points.map { try #require($0) }
    }

    private func distance(_ a: [Int], _ b: [Double]) -> Double { hypot(Double(a[0]) - b[0], Double(a[1]) - b[1]) }

    private func photo(_ name: String) async throws -> Image {
        try await TestPipeline.deepface.photo(.path(try Shared.photo(name)))
    }

    /// Within 6 % of the eyes' distance: the two differ in how they look at a face's pixels, and how often.
    @Test(arguments: recorded.keys.sorted(), [DetectorModel.mediapipe.name, DetectorModel.opencv.name])
    func pointsAreMediaPipes(name: String, detector: String) async throws {
        let expected = try #require(Self.recorded[name]).map { $0.map(Double.init) }
        let eyes = hypot(expected[0][0] - expected[1][0], expected[0][1] - expected[1][1])
        let found = try await points(photo(name), detector: DetectorRegistry.detector(named: detector))
        for (found, expected) in zip(found, expected) {
            #expect(distance(found, expected) <= 0.06 * eyes, "\(found), recorded \(expected)")
        }
    }

    /// Left and right are the person's, so they change places in a mirrored photo.
    @Test func aMirroredPhotoGivesMirroredPoints() async throws {
        let image = try await photo("img11.jpg")
        let (points, mirrored) = (try await points(image), try await points(image.mirrored))
        let eyes = distance(points[0], points[1].map(Double.init))
        for (place, other) in zip([0, 1, 2, 3, 4], [1, 0, 2, 4, 3]) {
            let expected = [Double(image.width - 1 - points[place][0]), Double(points[place][1])]
            #expect(distance(mirrored[other], expected) <= 0.05 * eyes, "\(mirrored[other]), not \(expected)")
        }
    }

    @Test(arguments: [-20.0, 20.0])
    func aTurnedPhotoGivesTurnedPoints(degrees: Double) async throws {
        let image = try await photo("img1.jpg")
        let centre = Point(x: Double(image.width) / 2, y: Double(image.height) / 2)
        let points = try await points(image)
        let turned = try await self.points(image.rotated(degrees: degrees, about: centre))
        let eyes = distance(points[0], points[1].map(Double.init))
        let (cosine, sine) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        for (point, turned) in zip(points, turned) {
            let (x, y) = (Double(point[0]) - centre.x, Double(point[1]) - centre.y)
            let expected = [centre.x + x * cosine + y * sine, centre.y - x * sine + y * cosine]
            #expect(distance(turned, expected) <= 0.06 * eyes, "\(turned), not \(expected)")
        }
    }

    /// Verdicts are as right as with the detector's own landmarks.
    @Test func verdictsAreRight() async throws {
        let recorded: VerifyGoldenTests.Recorded = try Shared.golden("verify_dlib_mediapipe")
        let names = Set(recorded.pairs.flatMap { [$0.img1, $0.img2] }).sorted()
        let photos = try names.map { ImageSource.path(try Shared.photo($0)) }
        for landmarks in [LandmarkSource.detector, .mesh] {
            var options = Options()
            options.detector = .mediapipe
            options.landmarks = landmarks
            let results = try await TestPipeline.deepface.represent(photos, options: options).map { try $0.get() }
            let faces = Dictionary(uniqueKeysWithValues: zip(names, results))
            for metric in [DistanceMetric.cosine, .euclidean] {
                options.metric = metric
                var right = 0
                for pair in recorded.pairs {
                    let (first, second) = (try #require(faces[pair.img1]), try #require(faces[pair.img2]))
                    let verdict = try TestPipeline.deepface.verify(first, second, options: options)
                    if verdict.verified == pair.same { right += 1 }
                }
                #expect(Double(right) >= 0.996 * 300, "\(right) of 300 \(metric) verdicts, landmarks of \(landmarks)")
            }
        }
    }

    /// Two of the things that MTCNN takes for faces in this photo are none; they keep the landmarks they have.
    @Test func whatIsNoFaceKeepsItsLandmarks() async throws {
        let image = try await photo("img54.jpg")
        func areas(_ landmarks: LandmarkSource) async throws -> [FacialArea] {
            var options = Options()
            options.landmarks = landmarks
            return try await TestPipeline.deepface.extractFaces(.pixels(image), options: options).map(\.facialArea)
        }
        let (own, mesh) = (try await areas(.detector), try await areas(.mesh))
        let kept = own.filter(mesh.contains)
        #expect(kept.contains { abs($0.x - 161) < 5 && abs($0.y - 644) < 5 })
        #expect(kept.contains { abs($0.x - 44) < 5 && abs($0.y - 739) < 5 })
        #expect(own.count == mesh.count && kept.count < own.count)
    }
}
