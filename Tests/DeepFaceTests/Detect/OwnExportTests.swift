import DeepFace
import Foundation
import Inference
import Testing

/// Detectors whose weights cannot be had here, by networks of their form that always give the same outputs: the face
/// must come to lie where these say, its left eye on the person's left.
struct OwnExportTests {
    /// A network that takes an image of `sides` (open where `nil`) and gives `outputs` whatever the image.
    private func network(sides: Int?, _ outputs: [(shape: [Int], values: [Float])]) -> Data {
        var graph = GraphBuilder(name: "fixed")
        func side(_ name: String) -> GraphBuilder.Dimension { sides.map { .fixed($0) } ?? .free(name) }
        let input = graph.input("input", shape: [.fixed(1), .fixed(3), side("rows"), side("columns")])
        // One number of the image, times nothing.
        let mean = graph.node("ReduceMean", [input], [("keepdims", .int(0))])
        let nothing = graph.node("Mul", [mean, graph.constant([0], shape: [1])])
        for output in outputs {
            let constant = graph.constant(output.values, shape: output.shape)
            graph.output(graph.add(constant, nothing), rank: output.shape.count)
        }
        return Data(graph.model())
    }

    /// The faces that a detector of `network` finds in a gray photo.
    private func faces(
        _ detector: DetectorModel, _ network: Data, width: Int, height: Int, _ alignment: Alignment
    ) async throws -> [ExtractedFace] {
        let home = FileManager.default.temporaryDirectory.appending(path: "deepface-export-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        var configuration = Configuration()
        configuration.home = home
        configuration.checksDigests = false
        var options = Options()
        options.detector = detector
        options.alignment = alignment
        let deepface = try DeepFace(options: options, configuration: configuration)
        let place = deepface.store.url(of: detector.files[0])
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try network.write(to: place)
        let photo = Image(width: width, height: height, bgr: [UInt8](repeating: 128, count: width * height * 3))
        return try await deepface.extractFaces(.pixels(photo))
    }

    private func expect(_ area: FacialArea, _ box: [Int], _ leftEye: [Int], _ rightEye: [Int]) {
        // Python cuts fractions off, which turns 39.9999 into 39.
        func near(_ found: [Int]?, _ wanted: [Int]) -> Bool {
            found.map { zip($0, wanted).allSatisfy { abs($0 - $1) <= 1 } } ?? false
        }
        #expect(near([area.x, area.y, area.w, area.h], box))
        #expect(near(area.leftEye, leftEye))
        #expect(near(area.rightEye, rightEye))
    }

    /// A face in the box (32, 24, 40, 56); points in fifths of it.
    private static let points: [(x: Float, y: Float)] = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]

    @Test(arguments: [Alignment.landmarks, .none]) func scrfd(alignment: Alignment) async throws {
        // 128 × 96 pixels: 16 × 12 cells of 8, two of each. The cell of column 6, row 6 has its corner at (48, 48).
        var outputs: [(shape: [Int], values: [Float])] = []
        for (part, numbers) in [1, 4, 10].enumerated() {
            for stride in [8, 16, 32] {
                let count = 128 / stride * (96 / stride) * 2
                var values = [Float](repeating: 0, count: count * numbers)
                if stride == 8 {
                    let place = (6 * 16 + 6) * 2 + 1
                    let sides: [Float] = [2, 3, 3, 4]
                    var points: [Float] = []
                    for point in Self.points { points += [(point.x * 40 - 16) / 8, (point.y * 56 - 24) / 8] }
                    values.replaceSubrange(
                        place * numbers..<(place + 1) * numbers, with: part == 0 ? [0.75] : part == 1 ? sides : points)
                }
                outputs.append(([count, numbers], values))
            }
        }
        let found = try await faces(.scrfd, network(sides: nil, outputs), width: 128, height: 96, alignment)
        #expect(found.count == 1 && found[0].confidence == 0.75)
        expect(found[0].facialArea, [32, 24, 40, 56], [60, 46], [44, 46])
    }

    @Test(arguments: [Alignment.landmarks, .none]) func centerFace(alignment: Alignment) async throws {
        let (rows, columns) = (24, 32)
        func map(_ planes: [Float]) -> (shape: [Int], values: [Float]) {
            var values = [Float](repeating: 0, count: planes.count * rows * columns)
            // The middle, (52, 52), is in the cell of row 13 and column 13, half a cell short of its middle.
            for (plane, value) in planes.enumerated() { values[(plane * rows + 13) * columns + 13] = value }
            return ([1, planes.count, rows, columns], values)
        }
        let points = Self.points.flatMap { [$0.y, $0.x] }
        let outputs = [map([0.9]), map([log(14), log(10)]), map([-0.5, -0.5]), map(points)]
        let found = try await faces(.centerFace, network(sides: nil, outputs), width: 128, height: 96, alignment)
        #expect(found.count == 1 && found[0].confidence == 0.9)
        expect(found[0].facialArea, [32, 24, 40, 56], [60, 46], [44, 46])
    }

    @Test(arguments: [Alignment.landmarks, .none]) func yolo(alignment: Alignment) async throws {
        // 128 × 96 pixels are seen five times as large, with 80 rows of gray above.
        func seen(_ x: Float, _ y: Float) -> [Float] { [x * 5, y * 5 + 80] }
        let points = Self.points.flatMap { seen(32 + $0.x * 40, 24 + $0.y * 56) + [1] }
        let face = seen(52, 52) + [200, 280, 0.8] + points
        let again = seen(53, 52) + [200, 280, 0.6] + points
        let none = seen(10, 10) + [50, 50, 0.1] + points
        let values = (0..<20).flatMap { number in [face, again, none].map { $0[number] } }
        let network = network(sides: 640, [([1, 20, 3], values)])
        let found = try await faces(DetectorModel.yolo[0], network, width: 128, height: 96, alignment)
        #expect(found.count == 1 && found[0].confidence == 0.8)
        expect(found[0].facialArea, [32, 24, 40, 56], [60, 46], [44, 46])
    }

    /// What is no face detector's output is refused, and so is a network of another form.
    @Test func otherNetworks() async throws {
        let wrong = network(sides: 640, [([1, 7, 3], [Float](repeating: 0, count: 21))])
        let small = network(sides: 320, [([1, 5, 3], [Float](repeating: 0, count: 15))])
        for (detector, network) in [
            (DetectorModel.yolo[0], wrong), (DetectorModel.yolo[0], small), (.scrfd, wrong), (.centerFace, wrong),
        ] {
            let error = await #expect(throws: DeepFaceError.self) {
                try await faces(detector, network, width: 64, height: 64, .none)
            }
            #expect(error?.code == .weightsDamaged)
        }
    }

    /// Whoever lacks the export is told how to make it.
    @Test func missingExport() async throws {
        var configuration = Configuration()
        configuration.home = FileManager.default.temporaryDirectory.appending(path: "deepface-none")
        var options = Options()
        options.detector = DetectorModel.yolo[0]
        let deepface = try DeepFace(options: options, configuration: configuration)
        let photo = Image(width: 8, height: 8, bgr: [UInt8](repeating: 0, count: 192))
        let error = await #expect(throws: DeepFaceError.self) { try await deepface.extractFaces(.pixels(photo)) }
        #expect(error?.code == .weightsMissing)
        #expect(error?.advice?.contains("yolo export model=yolov8n-face.pt format=onnx") == true)
    }
}
