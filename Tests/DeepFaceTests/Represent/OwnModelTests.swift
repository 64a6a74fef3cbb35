import DeepFace
import Foundation
import Inference
import Testing

/// A network of one's own, by the example of MobileFaceNet.
struct OwnModelTests {
    struct Golden: Decodable {
        struct Chip: Decodable {
            let embedding: [Double]
        }
        struct Face: Decodable {
            let image: String
            let matrix2x3: [[Double]]
            let embedding: [Double]

            enum CodingKeys: String, CodingKey {
                case image, embedding
                case matrix2x3 = "matrix_2x3"
            }
        }
        let chips: [String: Chip]
        let faces: [Face]

        enum CodingKeys: String, CodingKey {
            case faces
            case chips = "synthetic_chips_bgr"
        }
    }

    static let card = """
        name: MobileFaceNet
        dimensions: 128
        input:
          width: 112
          height: 112
          channels: rgb
          means: [123.675, 116.28, 103.53]
          deviations: [58.395, 57.12, 57.375]
        template: arcface
        thresholds: {cosine: 0.65}
        """

    /// A folder with the network, as a link, and a card.
    private func withFolder<Result>(
        card: String? = card, named: String = "Face.yaml", _ body: (URL) async throws -> Result
    )
        async throws -> Result
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-own-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let network = folder.appending(path: "Face.onnx")
        if Shared.root != nil {
            try FileManager.default.createSymbolicLink(
                at: network, withDestinationURL: Shared.url("models/mobilefacenet/MobileFaceNet.onnx"))
        }
        try card.map { try Data($0.utf8).write(to: folder.appending(path: named)) }
        return try await body(network)
    }

    @Test(.needsShared) func embeddingsAreRecorded() async throws {
        let golden: Golden = try Shared.golden("mobilefacenet", keys: .useDefaultKeys)
        try await withFolder { network in
            var options = Options()
            options.model = try RecognitionModel(onnx: network.path)
            options.detector = .skip
            let chips = [
                (Stream.noise(height: 112, width: 112, 60), "noise(112,112,60)"),
                (Stream.smooth(height: 112, width: 112), "smooth(112,112)"),
            ]
            for (chip, name) in chips {
                let face = try await TestPipeline.deepface.represent(.pixels(chip), options: options)[0]
                #expect(try similarity(face.embedding, #require(golden.chips[name]).embedding) > 0.999999)
            }
            // The recorded chips, cut out again by their matrices; bilinear rounding differs a little.
            for face in golden.faces {
                let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(face.image))))
                let chip = warped(photo, by: face.matrix2x3)
                let found = try await TestPipeline.deepface.represent(.pixels(chip), options: options)[0]
                #expect(similarity(found.embedding, face.embedding) > 0.999, "\(face.image)")
            }
            #expect(golden.faces.count == 14)
        }
    }

    /// All labelled pairs of the dataset, found, aligned and embedded here.
    @Test(.needsShared) func pairsAreTold() async throws {
        struct Recorded: Decodable {
            struct Pair: Decodable {
                let img1, img2: String
                let same: Bool
            }
            let pairs: [Pair]
        }
        let pairs = try Shared.golden("verify_dlib_mtcnn", as: Recorded.self).pairs
        try await withFolder { network in
            var options = Options()
            options.model = try RecognitionModel(onnx: network.path)
            options.enforceDetection = false
            let sources = try pairs.map { pair in
                (ImageSource.path(try Shared.photo(pair.img1)), ImageSource.path(try Shared.photo(pair.img2)))
            }
            let results = await TestPipeline.deepface.verify(sources, options: options)
            let judged = try zip(pairs, results).map { (same: $0.same, result: try $1.get()) }
            #expect(judged[0].result.align == .landmarks && judged[0].result.model == "MobileFaceNet")
            let best =
                judged.map(\.result.distance).map { threshold in
                    judged.count { ($0.result.distance <= threshold) == $0.same }
                }.max() ?? 0
            #expect(Double(best) >= 0.99 * 300, "\(best) of 300 at the best threshold")
            let right = judged.count { $0.result.verified == $0.same }
            #expect(Double(right) >= 0.99 * 300, "\(right) of 300 at the card's threshold")
        }
    }

    @Test func cardsThatCannotBeUsedAreNamed() async throws {
        let bad = [
            (nil, "there is no card"), ("", "the card cannot be used"), ("- 1", "the card cannot be used"),
            (Self.card.replacing("dimensions: 128", with: ""), "'dimensions' is missing"),
            (Self.card.replacing("width: 112", with: "width: many"), "'input.width'"),
            (Self.card.replacing("width: 112", with: "width: -1"), "-1 pixels"),
            (Self.card.replacing("58.395", with: "0"), "a deviation of 0"),
            (Self.card.replacing("123.675, ", with: ""), "three numbers"),
            (Self.card.replacing("rgb", with: "rbg"), "input.channels"),
            (Self.card.replacing("thresholds:", with: "threshold:"), "'threshold' is no key"),
            (Self.card.replacing("0.65", with: "-0.1"), "a threshold of -0.1"),
            (Self.card.replacing("0.65", with: ".inf"), "a threshold of inf"),
        ]
        for (card, reason) in bad {
            let error = try await withFolder(card: card) { network in
                #expect(throws: DeepFaceError.self) { _ = try RecognitionModel(onnx: network.path) }
            }
            #expect(
                error?.code == .invalidOption && error?.description.contains(reason) == true,
                "\(error?.description ?? "")")
            #expect(error?.description.contains("\n") == false)
        }
    }

    @Test(.needsShared) func networksThatDoNotFitTheirCardAreRefused() async throws {
        for card in [
            Self.card.replacing("dimensions: 128", with: "dimensions: 512"),
            Self.card.replacing("width: 112", with: "width: 160"),
        ] {
            try await withFolder(card: card) { network in
                var options = Options()
                options.model = try RecognitionModel(onnx: network.path)
                options.detector = .skip
                let chip = ImageSource.pixels(Stream.smooth(height: 112, width: 112))
                let deepface = try DeepFace()
                do throws(DeepFaceError) {
                    _ = try await deepface.represent(chip, options: options)
                    Issue.record("\(card) was taken")
                } catch {
                    #expect(error.code == .weightsDamaged && error.message.contains("is needed"), "\(error)")
                }
            }
        }
    }

    /// Networks that give something else than a row of numbers a face.
    @Test(arguments: ["half", "one row for all", "one number", "not finite"])
    func networksThatGiveSomethingElseAreRefused(what: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-own-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var graph = GraphBuilder(name: "odd")
        let pixels = graph.input("x", shape: [.free("batch"), .fixed(3), .fixed(8), .fixed(8)])
        let means = graph.flatten(graph.globalAveragePool(pixels))
        let zero = graph.constant([0], shape: [1, 1])
        switch what {
        case "half": graph.output(graph.node("Cast", [means], [("to", .int(10))]), rank: 2)
        case "one row for all": graph.output(graph.node("Reshape", [means, graph.constant([1, -1])]), rank: 2)
        case "one number": graph.output(graph.node("Reshape", [means, graph.constant([-1])]), rank: 1)
        default: graph.output(graph.node("Div", [means, zero]), rank: 2)
        }
        try Data(graph.model()).write(to: folder.appending(path: "odd.onnx"))
        let card = #"{"dimensions": 3, "input": {"width": 8, "height": 8, "channels": "rgb"}}"#
        try Data(card.utf8).write(to: folder.appending(path: "odd.json"))
        var options = Options()
        options.model = try RecognitionModel(onnx: folder.appending(path: "odd.onnx").path)
        options.detector = .skip
        let photo = ImageSource.pixels(Stream.smooth(height: 20, width: 20))
        let results = try await DeepFace().represent([photo, photo], options: options)
        for result in results {
            let error = #expect(throws: DeepFaceError.self) { try result.get() }
            #expect(error?.code == .weightsDamaged, "\(error?.description ?? "")")
        }
    }

    /// JSON does as well; a metric without a threshold needs one.
    @Test(.needsShared) func cardsMayBeJSON() async throws {
        let card = """
            {"dimensions": 128, "input": {"width": 112, "height": 112, "channels": "rgb"}, "thresholds": {"cosine": 0.5}}
            """
        try await withFolder(card: card, named: "Face.json") { network in
            let model = try RecognitionRegistry.model(named: "onnx:\(network.path)")
            #expect(model.name == "Face" && model.alignment == .eyes && model.thresholds[.euclidean] == nil)
            #expect(model.thresholds[.euclideanL2] == 1)
            var options = Options()
            options.model = model
            options.metric = .euclidean
            options.detector = .skip
            let chip = ImageSource.pixels(Stream.smooth(height: 112, width: 112))
            let deepface = try DeepFace()
            do throws(DeepFaceError) {
                _ = try await deepface.verify(chip, chip, options: options)
                Issue.record("there is no threshold")
            } catch {
                #expect(error.code == .invalidOption)
            }
            options.threshold = 1
            #expect(try await deepface.verify(chip, chip, options: options).verified)
        }
    }

    private func similarity(_ a: [Float], _ b: [Double]) -> Double {
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let a = a.map { Double($0) }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    /// The 112 × 112 pixels that `matrix` maps the photo to, bilinear, black outside.
    private func warped(_ photo: Image, by matrix: [[Double]]) -> Image {
        let (a, b, c) = (matrix[0][0], matrix[0][1], matrix[0][2])
        let (d, e, f) = (matrix[1][0], matrix[1][1], matrix[1][2])
        let determinant = a * e - b * d
        var pixels: [UInt8] = []
        for v in 0..<112 {
            for u in 0..<112 {
                let (du, dv) = (Double(u) - c, Double(v) - f)
                let (x, y) = ((e * du - b * dv) / determinant, (a * dv - d * du) / determinant)
                let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
                let (across, down) = (x - Double(left), y - Double(top))
                for channel in 0..<3 {
                    func level(_ column: Int, _ row: Int) -> Double {
                        guard (0..<photo.width).contains(column), (0..<photo.height).contains(row) else { return 0 }
                        return Double(photo.pixels[(row * photo.width + column) * 3 + channel])
                    }
                    let upper = level(left, top) * (1 - across) + level(left + 1, top) * across
                    let lower = level(left, top + 1) * (1 - across) + level(left + 1, top + 1) * across
                    pixels.append(UInt8((upper * (1 - down) + lower * down).rounded()))
                }
            }
        }
        return Image(width: 112, height: 112, bgr: pixels)
    }
}
