import DeepFace
import Foundation
import Testing

/// What checkpoints of both formats hold: names in order, shapes, values.
@Suite("PyTorch checkpoints")
struct PyTorchCheckpointTests {
    /// The containers of `torch.save`.
    enum Format: CaseIterable, Sendable {
        case legacy
        case zip
        case zip64

        func checkpoint(_ object: Pickled, _ storages: [FixtureStorage]) -> Data {
            switch self {
            case .legacy: PyTorchFixture.legacy(object, storages)
            case .zip: PyTorchFixture.zip(object, storages)
            case .zip64: PyTorchFixture.zip(object, storages, wide: true)
            }
        }
    }

    @Test("names, shapes and values, in file order", arguments: Format.allCases)
    func contiguous(_ format: Format) throws {
        let weight = FixtureStorage("w", "FloatStorage", (0..<6).map(Float.init))
        let bias = FixtureStorage("b", "FloatStorage", [Float](arrayLiteral: -1.5, 2.25))
        let data = format.checkpoint(
            .orderedDict([(.text("fc.weight"), weight.tensor([2, 3])), (.text("fc.bias"), bias.tensor([2]))]),
            [bias, weight])
        let checkpoint = try PyTorchCheckpoint(data: data, name: "small.pt")
        #expect(checkpoint.names == ["fc.weight", "fc.bias"])
        #expect(try checkpoint.tensor("fc.weight", shape: [2, 3]).values == [0, 1, 2, 3, 4, 5])
        #expect(try checkpoint.tensor("fc.bias", shape: [2]).values == [-1.5, 2.25])
        #expect(checkpoint["fc.bias"] == (try WeightTensor(shape: [2], values: [-1.5, 2.25])))
        #expect(checkpoint["fc"] == nil)
    }

    @Test("strides, offsets, shared storages, scalars and empty tensors", arguments: Format.allCases)
    func views(_ format: Format) throws {
        let storage = FixtureStorage("0", "FloatStorage", (0..<12).map(Float.init))
        let data = format.checkpoint(
            .dict([
                (.text("transposed"), storage.tensor([3, 4], strides: [1, 3])),
                (.text("slice"), storage.tensor(offset: 5, [2, 2], strides: [4, 1])),
                (.text("odd stride of a single row"), storage.tensor(offset: 8, [1, 4], strides: [.max, 1])),
                (.text("repeated"), storage.tensor(offset: 11, [2, 3], strides: [0, 0])),
                (.text("scalar"), storage.tensor(offset: 7, [])),
                (.text("empty"), storage.tensor(offset: 12, [3, 0, 2])),
            ]), [storage])
        let checkpoint = try PyTorchCheckpoint(data: data, name: "views.pt")
        #expect(checkpoint["transposed"]?.values == [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11])
        #expect(checkpoint["slice"]?.values == [5, 6, 9, 10])
        #expect(checkpoint["odd stride of a single row"]?.values == [8, 9, 10, 11])
        #expect(checkpoint["repeated"]?.values == [Float](repeating: 11, count: 6))
        #expect(try checkpoint.tensor("scalar", shape: []).values == [7])
        #expect(try checkpoint.tensor("empty", shape: [3, 0, 2]).values == [])
    }

    @Test("every element type becomes Float", arguments: Format.allCases)
    func elementTypes(_ format: Format) throws {
        let bfloats = [Float(1), -2.5, 0.5, 96].map { UInt16($0.bitPattern >> 16) }
        let storages = [
            FixtureStorage("double", "DoubleStorage", [Double](arrayLiteral: 1, -2.5, 0.5, 96)),
            FixtureStorage("half", "HalfStorage", [Float16](arrayLiteral: 1, -2.5, 0.5, 96)),
            FixtureStorage("bfloat", "BFloat16Storage", bfloats),
            FixtureStorage("long", "LongStorage", [Int64](arrayLiteral: 1, -2, 1 << 40, 96)),
            FixtureStorage("int", "IntStorage", [Int32](arrayLiteral: 1, -2, 1 << 20, 96)),
            FixtureStorage("short", "ShortStorage", [Int16](arrayLiteral: 1, -2, 300, 96)),
            FixtureStorage("char", "CharStorage", [Int8](arrayLiteral: 1, -2, 3, 96)),
            FixtureStorage("byte", "ByteStorage", [UInt8](arrayLiteral: 1, 200, 3, 96)),
            FixtureStorage("bool", "BoolStorage", [UInt8](arrayLiteral: 1, 0, 2, 0)),
        ]
        let data = format.checkpoint(.dict(storages.map { (.text($0.key), $0.tensor([4])) }), storages)
        let checkpoint = try PyTorchCheckpoint(data: data, name: "types.pt")
        #expect(checkpoint["double"]?.values == [1, -2.5, 0.5, 96])
        #expect(checkpoint["half"]?.values == [1, -2.5, 0.5, 96])
        #expect(checkpoint["bfloat"]?.values == [1, -2.5, 0.5, 96])
        #expect(checkpoint["long"]?.values == [1, -2, 1_099_511_627_776, 96])
        #expect(checkpoint["int"]?.values == [1, -2, 1_048_576, 96])
        #expect(checkpoint["short"]?.values == [1, -2, 300, 96])
        #expect(checkpoint["char"]?.values == [1, -2, 3, 96])
        #expect(checkpoint["byte"]?.values == [1, 200, 3, 96])
        #expect(checkpoint["bool"]?.values == [1, 0, 1, 0])
    }

    @Test("a state_dict one level down, beside other entries", arguments: Format.allCases)
    func nested(_ format: Format) throws {
        let storage = FixtureStorage("0", "FloatStorage", [Float](arrayLiteral: 1, 2))
        let parameter = Pickled.call(
            module: "torch._utils", name: "_rebuild_parameter",
            [storage.tensor([2]), .bool(true), .orderedDict([])])
        let data = format.checkpoint(
            .dict([
                (.text("epoch"), .int(12)), (.text("arch"), .text("resnet")), (.text("best"), .none),
                (.text("size"), .call(module: "torch", name: "Size", [.tuple([.int(2)])])),
                (.int(3), .list([.bool(true)])),
                (.text("state_dict"), .orderedDict([(.text("weight"), parameter), (.text("note"), .none)])),
            ]), [storage])
        let checkpoint = try PyTorchCheckpoint(data: data, name: "nested.pt")
        #expect(checkpoint.names == ["weight"])
        #expect(checkpoint["weight"]?.values == [1, 2])
    }

    @Test("the legacy format's views of a part of a storage")
    func legacyView() throws {
        let storage = FixtureStorage("root", "FloatStorage", (0..<8).map(Float.init))
        let view = Pickled.tuple([.text("part"), .int(3), .int(4)])
        let data = PyTorchFixture.legacy(
            .dict([
                (.text("whole"), storage.tensor([8], view: .some(.none))),
                (.text("part"), storage.tensor(offset: 1, [3], view: view)),
            ]), [storage])
        let checkpoint = try PyTorchCheckpoint(data: data, name: "view.pt")
        #expect(checkpoint["whole"]?.values == (0..<8).map(Float.init))
        #expect(checkpoint["part"]?.values == [4, 5, 6])
        let beyond = PyTorchFixture.legacy(.dict([(.text("part"), storage.tensor([5], view: view))]), [storage])
        #expect(throws: WeightFileError.self) { try PyTorchCheckpoint(data: beyond, name: "view.pt") }
    }

    @Test("a name set twice keeps its first place and its last value, as in Python")
    func repeatedName() throws {
        let storage = FixtureStorage("0", "FloatStorage", [Float](arrayLiteral: 1, 2))
        let items: [(Pickled, Pickled)] = [
            (.text("a"), storage.tensor([1])), (.text("b"), storage.tensor([2])),
            (.text("a"), storage.tensor(offset: 1, [1])),
        ]
        let checkpoint = try PyTorchCheckpoint(data: PyTorchFixture.zip(.dict(items), [storage]), name: "twice.pt")
        #expect(checkpoint.names == ["a", "b"])
        #expect(checkpoint["a"]?.values == [2])
    }

    @Test("a WeightTensor's values must fill its shape")
    func weightTensor() {
        #expect(throws: Never.self) { try WeightTensor(shape: [0, .max, .max], values: []) }
        #expect(throws: WeightFileError.Reason.self) { try WeightTensor(shape: [2, 2], values: [1, 2, 3]) }
        #expect(throws: WeightFileError.Reason.self) { try WeightTensor(shape: [-1, -1], values: [1]) }
        #expect(throws: WeightFileError.Reason.self) { try WeightTensor(shape: [.max, .max], values: [1]) }
    }
}

/// Published weights, where the shared data is present; otherwise these tests are reported as skipped.
@Suite("PyTorch checkpoints: published files")
struct PublishedPyTorchCheckpointTests {
    /// What PyTorch itself read from a file: `peer/manifests/*.json`.
    struct Manifest: Decodable {
        struct Tensor: Decodable {
            let name: String
            let shape: [Int]
            let sum: Double
            let first4: [Double]
        }

        let file: String
        let tensors: [Tensor]
    }

    @Test(
        "MiniFASNet: every tensor as PyTorch read it",
        .needsShared,
        arguments: ["MiniFASNetV1SE", "MiniFASNetV2"])
    func fasnet(_ model: String) throws {
        let recorded = try Shared.url("peer/manifests/\(model).json")
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: recorded))
        let file = try Shared.url("models/fasnet/\(manifest.file)")
        let checkpoint = try PyTorchCheckpoint(contentsOf: file.path)
        #expect(checkpoint.names == manifest.tensors.map(\.name))
        for expected in manifest.tensors {
            let values = try checkpoint.tensor(expected.name, shape: expected.shape).values
            #expect(values.prefix(4).map(Double.init) == expected.first4, "\(expected.name)")
            // Sums of the same numbers in another order of additions.
            let sum = values.reduce(0) { $0 + Double($1) }
            let scale = values.reduce(1) { $0 + abs(Double($1)) }
            #expect(abs(sum - expected.sum) <= 1e-12 * scale, "\(expected.name)")
        }
    }

    /// Recorded with Python's pickle and NumPy: number of tensors, sum of everything, one kernel's first values.
    struct Recorded: Sendable {
        let file: String
        let count: Int
        let sum: Double
        let kernel: String
        let shape: [Int]
        let first: [Float]
    }

    static let recorded = [
        Recorded(
            file: "mtcnn/pnet.pt", count: 13, sum: -43.12531704072171, kernel: "conv1.weight", shape: [10, 3, 3, 3],
            first: [-0.08164715766906738, 0.8359154462814331, 1.246496558189392]),
        Recorded(
            file: "mtcnn/rnet.pt", count: 16, sum: -178.50655001851723, kernel: "dense5_2.weight", shape: [4, 128],
            first: [-0.1337861865758896, -0.15335485339164734, -0.0035563830751925707]),
        Recorded(
            file: "mtcnn/onet.pt", count: 21, sum: -354.43949631894327, kernel: "dense6_3.weight", shape: [10, 256],
            first: [0.020405491814017296, -0.06263376772403717, 0.038624107837677]),
        Recorded(
            file: "retinaface/mobilenet0.25_Final.pth", count: 300, sum: 7424557.7034486,
            kernel: "LandmarkHead.2.conv1x1.weight", shape: [20, 64, 1, 1],
            first: [-0.030051568523049355, 0.04879853501915932, 0.09654872119426727]),
        Recorded(
            file: "retinaface/RFB_Final.pth", count: 258, sum: 3657558.757958037, kernel: "landm.3.weight",
            shape: [30, 256, 3, 3], first: [0.009778011590242386, 0.016331342980265617, 0.01240068580955267]),
    ]

    @Test(
        "MTCNN and RetinaFace: sums and values as Python read them",
        .needsShared,
        arguments: recorded)
    func detectors(_ expected: Recorded) throws {
        let file = try Shared.url("models/\(expected.file)")
        let checkpoint = try PyTorchCheckpoint(contentsOf: file.path)
        #expect(checkpoint.names.count == expected.count)
        let values = checkpoint.names.flatMap { checkpoint[$0]?.values ?? [] }
        let sum = values.reduce(0) { $0 + Double($1) }
        #expect(abs(sum - expected.sum) <= 1e-12 * values.reduce(1) { $0 + abs(Double($1)) })
        let kernel = try checkpoint.tensor(expected.kernel, shape: expected.shape)
        #expect(Array(kernel.values.prefix(3)) == expected.first)
    }
}
