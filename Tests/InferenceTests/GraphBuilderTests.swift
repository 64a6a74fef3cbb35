import Foundation
import Inference
import Testing

/// A network built here, written as ONNX with its weights beside it, read and run by the engine.
struct GraphBuilderTests {
    private func run(_ graph: GraphBuilder, weights: Data? = nil, _ input: Tensor) throws -> [Tensor] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-graph-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(graph.model()).write(to: folder.appending(path: "model.onnx"))
        try weights?.write(to: folder.appending(path: "weights.bin"))
        let engine = try OpenVINOEngine(threads: 2, streams: 1)
        let network = try engine.network(at: folder.appending(path: "model.onnx").path)
        return try network(input)
    }

    @Test(arguments: [false, true]) func convolution(weightsBesideTheModel: Bool) throws {
        var weights = Data()
        var graph = GraphBuilder(
            name: "test",
            external: weightsBesideTheModel ? .init(fileName: "weights.bin") { weights.append(contentsOf: $0) } : nil)
        let x = graph.input("x", shape: [.free("batch"), .fixed(2), .free("rows"), .free("columns")])
        // 8 filters of ones: more than 64 numbers, so they lie in the weights file.
        let kernel = Tensor(shape: [8, 2, 3, 3], values: Array(repeating: 1, count: 144))
        let y = graph.convolution(x, kernel: kernel, bias: (0..<8).map { Float($0) }, padding: .init(1))
        graph.output(y, rank: 4)
        #expect(weights.count == (weightsBesideTheModel ? 144 * 4 : 0))
        let output = try run(
            graph, weights: weights, Tensor(shape: [1, 2, 3, 3], values: Array(repeating: 1, count: 18)))
        #expect(output[0].shape == [1, 8, 3, 3])
        // The middle sees 3 × 3 × 2 ones, a corner 2 × 2 × 2.
        #expect(output[0].values[4] == 18 && output[0].values[0] == 8 && output[0].values[7 * 9 + 4] == 25)
    }

    @Test func layers() throws {
        var graph = GraphBuilder(name: "test")
        let x = graph.input("x", shape: [.free("batch"), .fixed(1), .fixed(2), .fixed(3)])
        graph.output(graph.prelu(x, slope: [0.5], rank: 4), rank: 4)
        graph.output(graph.maxPool(x, size: 2, stride: 2, roundingUp: true), rank: 4)
        graph.output(graph.padEnd(x, channels: 1, rows: 1), rank: 4)
        graph.output(graph.flatten(graph.transpose(x, [0, 3, 2, 1])), rank: 2)
        graph.output(graph.softmax(graph.flatten(x), axis: 1), rank: 2)
        graph.output(
            graph.dense(graph.flatten(x), weights: Tensor(shape: [1, 6], values: [1, 2, 3, 4, 5, 6]), bias: [1]),
            rank: 2)
        let output = try run(graph, Tensor(shape: [1, 1, 2, 3], values: [1, -2, 3, -4, 5, 6]))
        #expect(output[0].values == [1, -1, 3, -2, 5, 6])
        #expect(output[1].values == [5, 6])
        #expect(output[2].shape == [1, 2, 3, 3])
        #expect(output[3].values == [1, -4, -2, 5, 3, 6])
        #expect(abs(output[4].values.reduce(0, +) - 1) < 1e-6)
        #expect(output[5].values == [52])
    }

    /// A coarse level of a feature pyramid laid over a finer one with an odd number of columns.
    @Test func upsampling() throws {
        var graph = GraphBuilder(name: "test")
        let x = graph.input("x", shape: [.free("batch"), .fixed(1), .free("rows"), .free("columns")])
        let coarse = graph.maxPool(x, size: 2, stride: 2, roundingUp: true)
        graph.output(graph.upsampled(coarse), rank: 4)
        graph.output(graph.cropped(graph.upsampled(coarse), like: x), rank: 4)
        let output = try run(graph, Tensor(shape: [1, 1, 2, 3], values: [1, 2, 3, 4, 5, 6]))
        #expect(output[0].shape == [1, 1, 2, 4])
        #expect(output[0].values.prefix(4) == [5, 5, 6, 6])
        #expect(output[1].shape == [1, 1, 2, 3])
        #expect(output[1].values == [5, 5, 6, 5, 5, 6])
    }

    @Test func aFileThatIsNoNetworkIsAnError() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "deepface-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        let engine = try OpenVINOEngine(threads: 1, streams: 1)
        #expect(throws: InferenceError.self) { _ = try engine.network(at: file.path) }
        try Data("no network".utf8).write(to: file)
        #expect(throws: InferenceError.self) { _ = try engine.network(at: file.path) }
    }
}
