import DeepFace
import Foundation
import Inference
import Testing

/// Every network read from a Keras file, against what the Python original computed with the same weights.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct NetworkGoldenTests {
    struct Golden: Decodable {
        struct Input: Decodable {
            let shape: [Int]
        }
        let input: Input
        let output: [Double]
    }

    @Test(arguments: TestHome.generated)
    func outputsArePythons(_ model: String) async throws {
        let golden: Golden = try Shared.golden(model)
        let entry = try #require(WeightCatalog.entry(named: model))
        let network = try await TestHome.pipeline().network(entry.networks[0])
        let outputs = try network(Self.input(golden.input.shape))
        #expect(outputs[0].shape == [1, golden.output.count])
        let largest = golden.output.map(abs).max() ?? 0
        let difference = zip(outputs[0].values, golden.output).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(difference <= 1e-4 * largest, "\(model): \(difference) of \(largest)")
    }

    /// A batch gives what its faces give one by one.
    @Test(arguments: ["DeepID", "GhostFaceNet", "DeepFace"])
    func batchesChangeNothing(_ model: String) async throws {
        let golden: Golden = try Shared.golden(model)
        let entry = try #require(WeightCatalog.entry(named: model))
        let network = try await TestHome.pipeline().network(entry.networks[0])
        let one = try Self.input(golden.input.shape)
        let other = Tensor(shape: one.shape, values: one.values.map { 1 - $0 })
        let both = Tensor(shape: [2] + one.shape.dropFirst(), values: other.values + one.values)
        let (first, second, together) = (try network(other)[0], try network(one)[0], try network(both)[0])
        let largest = first.values.map(abs).max() ?? 0
        let difference = zip(first.values + second.values, together.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference <= 1e-5 * largest)
    }

    /// The recorded input, channels first.
    static func input(_ shape: [Int]) throws -> Tensor {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        let values = Stream.values(999_983, count: height * width * channels)
        var planes: [Float] = []
        for channel in 0..<channels {
            for place in 0..<height * width { planes.append(Float(values[place * channels + channel])) }
        }
        return Tensor(shape: [1, channels, height, width], values: planes)
    }
}
