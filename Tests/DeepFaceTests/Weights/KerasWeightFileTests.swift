import DeepFace
import Foundation
import Testing

/// What Keras' files hold: layers and weights in the file's order, shapes, values.
@Suite("Keras weight files")
struct KerasWeightFileTests {
    /// A weight as the file should have it: its name, shape and first value; the others follow in steps of a half.
    typealias Expected = (name: String, shape: [Int], first: Float)

    static let zeta: [Expected] = [("zeta/kernel:0", [1, 2, 2, 2], 0), ("zeta/bias:0", [2], -1)]
    static let alpha: [Expected] = [("alpha/alpha/kernel:0", [2, 3], 10), ("alpha/alpha/bias:0", [3], 20)]

    func expect(_ data: Data, _ layers: [(name: String, weights: [Expected])]) throws {
        let temporary = try KerasFixture.Temporary(data)
        let file = try KerasWeightFile(contentsOf: temporary.path)
        #expect(file.path == temporary.path)
        #expect(file.layers.map(\.name) == layers.map(\.name))
        for (layer, expected) in zip(file.layers, layers) {
            #expect(layer.weights.map(\.name) == expected.weights.map(\.name))
            for (weight, expected) in zip(layer.weights, expected.weights) {
                #expect(weight.shape == expected.shape)
                let count = expected.shape.reduce(1, *)
                #expect(try file.values(of: weight) == (0..<count).map { expected.first + Float($0) / 2 })
            }
        }
    }

    @Test("weights in the file's order, not the alphabet's; layers without weights left out")
    func savedWeights() throws {
        try expect(KerasFixture.saveWeights, [("zeta", Self.zeta), ("alpha", Self.alpha)])
    }

    @Test("a whole model's weights")
    func wholeModel() throws {
        try expect(KerasFixture.fullModel, [("zeta", Self.zeta)])
    }

    @Test("names of variable length")
    func variableStrings() throws {
        try expect(KerasFixture.variableStrings, [("alpha", Self.alpha)])
    }

    @Test("lists of names in several attributes")
    func splitLists() throws {
        try expect(KerasFixture.split, [("zeta", Self.zeta), ("alpha", Self.alpha)])
    }

    @Test("numbers of other sizes, a single number, no numbers")
    func numbers() throws {
        let temporary = try KerasFixture.Temporary(KerasFixture.numbers)
        let file = try KerasWeightFile(contentsOf: temporary.path)
        let weights = try #require(file.layers.first).weights
        #expect(weights.map(\.name) == ["half:0", "double:0", "scalar:0", "none:0"])
        #expect(weights.map(\.shape) == [[3], [3], [], [0, 4]])
        let values: [[Float]] = [[-1, -0.5, 0], [0.001, 0.501, 1.001], [2.5], []]
        for (weight, expected) in zip(weights, values) { #expect(try file.values(of: weight) == expected) }
        try expect(KerasFixture.bigEndian, [("n", [("w", [2], 0)])])
    }

    @Test("an open file is read from any thread, and stays readable when its path is gone")
    func manyThreads() async throws {
        let file: KerasWeightFile
        do {
            let temporary = try KerasFixture.Temporary(KerasFixture.saveWeights)
            file = try KerasWeightFile(contentsOf: temporary.path)
        }
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let sums = try await withThrowingTaskGroup(of: Float.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var sum: Float = 0
                    for _ in 0..<20 {
                        for layer in file.layers {
                            for weight in layer.weights { sum += try file.values(of: weight).reduce(0, +) }
                        }
                    }
                    return sum
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == [Float](repeating: 20 * (14 - 1.5 + 67.5 + 61.5), count: 8))
    }
}

/// Published files, where the shared data is present; otherwise these tests are reported as skipped.
@Suite("Keras weight files: published files")
struct PublishedKerasWeightFileTests {
    /// Recorded with h5py and NumPy: how many layers, weights and numbers, the sum of all, the names at both ends.
    struct Recorded: Sendable {
        let file: String
        let layers: Int
        let weights: Int
        let count: Int
        let sum: Double
        let ends: [String]
    }

    static let recorded = [
        Recorded(
            file: "oarriaga/fer2013_mini_XCEPTION.102-0.66.hdf5", layers: 29, weights: 80, count: 58423,
            sum: 15988.347060740247, ends: ["conv2d_1_1/kernel:0", "conv2d_7_1/bias:0"]),
        Recorded(
            file: "oarriaga/gender_mini_XCEPTION.21-0.95.hdf5", layers: 29, weights: 80, count: 52658,
            sum: 6427.016133950754, ends: ["conv2d_1/kernel:0", "conv2d_7/bias:0"]),
        Recorded(
            file: "ssrnet/ssrnet_age_imdb.h5", layers: 40, weights: 96, count: 40915, sum: 209648.81799288126,
            ends: ["conv2d_5/kernel:0", "local_delta_stage3/bias:0"]),
        Recorded(
            file: "ssrnet/ssrnet_gender_wiki.h5", layers: 40, weights: 96, count: 40915, sum: 530362.6240434609,
            ends: ["conv2d_5/kernel:0", "local_delta_stage3/bias:0"]),
    ]

    @Test("layers and sums as h5py read them", .needsShared, arguments: recorded)
    func published(_ expected: Recorded) throws {
        let file = try KerasWeightFile(contentsOf: Shared.url("models/\(expected.file)").path)
        let weights = file.layers.flatMap(\.weights)
        #expect(file.layers.count == expected.layers)
        #expect(weights.count == expected.weights)
        #expect([weights.first?.name, weights.last?.name] == expected.ends)
        let values = try weights.flatMap { try file.values(of: $0) }
        #expect(values.count == expected.count)
        let sum = values.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - expected.sum) <= 1e-12 * values.reduce(1) { $0 + abs(Double($1)) })
    }
}
