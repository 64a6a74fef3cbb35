import DeepFace
import Foundation
import Inference
import Testing

/// Damaged networks, ONNX and TensorFlow Lite: refused, or good enough to run; never a crash. Deterministic.
@Suite("Ready networks: damaged files", .serialized)
struct NetworkFileMutationTests {
    /// A convolution, a window and a matrix, as this package itself writes them.
    static let network: Data = {
        var graph = GraphBuilder(name: "small")
        let image = graph.input("image", shape: [.free("batch"), .fixed(3), .free("rows"), .free("columns")])
        let kernel = Tensor(shape: [4, 3, 3, 3], values: (0..<108).map { Float($0 % 7) - 3 })
        var x = graph.convolution(image, kernel: kernel, bias: [1, 2, 3, 4], stride: 2, padding: .init(1))
        x = graph.maxPool(graph.relu(x), size: 2, stride: 2)
        x = graph.flatten(graph.globalAveragePool(x))
        x = graph.node("MatMul", [x, graph.constant([Float](repeating: 0.5, count: 32), shape: [4, 8])])
        graph.output(x, rank: 2)
        return Data(graph.model())
    }()

    /// One file, written again and again.
    final class Place {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-\(UUID().uuidString)")
        let path: String
        let engine: OpenVINOEngine?

        init(_ name: String) throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = folder.appending(path: name).path
            engine = Fuzz.hasEngine ? try OpenVINOEngine(threads: 1, streams: 1) : nil
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        /// Whether the check lets the file pass; what passes is compiled and run, which may fail.
        func passes(_ data: Data, input: [Int]) throws -> Bool {
            try data.write(to: URL(fileURLWithPath: path))
            do throws(WeightFileError) {
                try NetworkFileCheck.run(path)
            } catch {
                #expect(!error.description.contains("\n"))
                return false
            }
            let values = [Float](repeating: 0.25, count: input.reduce(1, *))
            guard let network = try? engine?.network(at: path, input: input) else { return true }
            _ = try? network(Tensor(shape: [1] + input, values: values))
            return true
        }
    }

    @Test("what is no network is refused", arguments: ["onnx", "tflite", "bin"])
    func others(_ ending: String) throws {
        let place = try Place("network.\(ending)")
        var mutator = Mutator(seed: 1)
        let files = [
            Data(), Data(count: 1000), Data("version https://git-lfs.github.com/spec/v1\n".utf8),
            KerasFixture.saveWeights,
            Data((0..<5000).map { _ in UInt8(mutator.next(below: 256)) }),
        ]
        for file in files { #expect(try !place.passes(file, input: [3, 16, 16])) }
        #expect(try place.passes(Self.network, input: [3, 16, 16]) == (ending == "onnx"))
    }

    @Test("every truncation of a small ONNX file is refused")
    func truncations() throws {
        let place = try Place("network.onnx")
        for length in 0..<Self.network.count {
            #expect(try !place.passes(Self.network.prefix(length), input: [3, 16, 16]), "the first \(length) bytes")
        }
    }

    @Test("mutations of a small ONNX file")
    func mutations() throws {
        let place = try Place("network.onnx")
        var mutator = Mutator(seed: 20_250_301)
        var passed = 0
        for _ in 0..<Fuzz.count(500) {
            let damaged = mutator.mutate(Self.network, at: 0..<Self.network.count)
            passed += try place.passes(damaged, input: [3, 16, 16]) ? 1 : 0
        }
        #expect(passed > 0 && passed < Fuzz.count(500) * 9 / 10, "\(passed) passed")
    }

    @Test("mutations of a TensorFlow Lite file, in its tables", .needsShared)
    func tensorFlowLite() throws {
        let place = try Place("network.tflite")
        let data = try Data(contentsOf: Shared.url("models/mediapipe/face_detection_short_range.tflite"))
        #expect(try place.passes(data, input: [128, 128, 3]))
        for length in stride(from: 0, to: data.count, by: data.count / 100) {
            #expect(try !place.passes(data.prefix(length), input: [128, 128, 3]))
        }
        var mutator = Mutator(seed: 20_250_302)
        // Its tables stand behind the numbers.
        let tables = Array(0..<64) + Array(data.count - 40_000..<data.count)
        for _ in 0..<Fuzz.count(100) { _ = try place.passes(mutator.mutate(data, at: tables), input: [128, 128, 3]) }
    }

    @Test("mutations of a TensorFlow Lite file whose zeros are left out", .needsWeights("mediapipe-full"))
    func sparseTensorFlowLite() throws {
        let place = try Place("network.tflite")
        let file = try #require(WeightCatalog.entry(named: "mediapipe-full")?.files.first)
        let data = try Data(contentsOf: TestPipeline.deepface.store.url(of: file))
        #expect(try place.passes(data, input: [192, 192, 3]))
        var mutator = Mutator(seed: 20_250_303)
        // Its tables, and among them the places of the numbers that are there, stand behind the numbers.
        let tables = Array(378_000..<data.count)
        var passed = 0
        for _ in 0..<Fuzz.count(100) {
            passed += try place.passes(mutator.mutate(data, at: tables), input: [192, 192, 3]) ? 1 : 0
        }
        #expect(passed < Fuzz.count(100), "\(passed) passed")
    }

    @Test("numbers in other files: beside the network, or refused")
    func otherFiles() throws {
        let place = try Place("network.onnx")
        let files = FileManager.default
        let weights = place.folder.appending(path: "weights.bin")
        func network(in file: String) -> Data {
            var graph = GraphBuilder(name: "far", external: .init(fileName: file, append: { _ in }))
            let image = graph.input("image", shape: [.free("batch"), .fixed(64)])
            let matrix = graph.constant([Float](repeating: 0.5, count: 64 * 8), shape: [64, 8])
            graph.output(graph.node("MatMul", [image, matrix]), rank: 2)
            return Data(graph.model())
        }
        func passes(_ file: String) throws -> Bool { try place.passes(network(in: file), input: [64]) }

        #expect(try !passes("weights.bin"), "it is not there")
        try Data(count: 64 * 8 * 4).write(to: weights)
        #expect(try passes("weights.bin"))
        try files.createDirectory(at: place.folder.appending(path: "in"), withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: place.folder.appending(path: "link").path, withDestinationPath: weights.path)
        let places = [
            "/dev/zero", "../\(place.folder.lastPathComponent)/weights.bin", weights.path, "in", "..", "", "link",
        ]
        for place in places { #expect(try !passes(place), "\(place)") }
        try Data(count: 64 * 8 * 4 - 1).write(to: weights)
        #expect(try !passes("weights.bin"), "it is too short")
    }
}
