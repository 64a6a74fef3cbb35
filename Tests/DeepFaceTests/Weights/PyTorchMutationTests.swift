import DeepFace
import Foundation
import Testing

/// Damaged checkpoints: always a value or a `WeightFileError`, never a crash. Deterministic. `DEEPFACE_FUZZ=1` tries
/// five times as many.
@Suite("PyTorch checkpoints: damaged files")
struct PyTorchMutationTests {
    static let storages = [
        FixtureStorage("0", "FloatStorage", (0..<12).map(Float.init)),
        FixtureStorage("1", "HalfStorage", [Float16](repeating: 1, count: 5)),
        FixtureStorage("2", "LongStorage", [Int64](arrayLiteral: 7)),
    ]

    static let object = Pickled.orderedDict([
        (.text("transposed"), storages[0].tensor([3, 4], strides: [1, 3])),
        (.text("weight"), storages[0].tensor(offset: 2, [2, 5])),
        (.text("half"), storages[1].tensor([5])),
        (.text("count"), storages[2].tensor([])),
    ])

    /// The formats as this suite builds them.
    static let files = [
        ("legacy", PyTorchFixture.legacy(object, storages)), ("zip", PyTorchFixture.zip(object, storages)),
        ("zip64", PyTorchFixture.zip(object, storages, wide: true)),
    ]

    /// Opens the checkpoint and reads every tensor; returns whether it could be opened.
    func survives(_ data: Data) -> Bool {
        do throws(WeightFileError) {
            let checkpoint = try PyTorchCheckpoint(data: data, name: "damaged.pt")
            for name in checkpoint.names {
                guard let tensor = checkpoint[name] else {
                    Issue.record("'\(name)' is listed but cannot be read")
                    continue
                }
                #expect(WeightTensor.elementCount(of: tensor.shape) == tensor.values.count)
            }
            return true
        } catch {
            #expect(!error.description.contains("\n"))
            return false
        }
    }

    @Test("every truncation of a small file is refused", arguments: files)
    func truncations(_ name: String, _ data: Data) {
        #expect(survives(data))
        for length in 0..<data.count {
            #expect(!survives(data.prefix(length)), "the first \(length) bytes")
        }
    }

    @Test("mutations of each small file", arguments: files)
    func mutations(_ name: String, _ data: Data) {
        var mutator = CheckpointMutator(seed: 20_240_607)
        for _ in 0..<Fuzz.count(2000) { _ = survives(mutator.mutate(data, within: data.count)) }
    }

    @Test(
        "mutations of pnet.pt, in its pickles",
        .needsShared)
    func publishedFile() throws {
        let file = try Shared.url("models/mtcnn/pnet.pt")
        let data = try Data(contentsOf: file)
        var mutator = CheckpointMutator(seed: 7)
        for _ in 0..<Fuzz.count(2000) { _ = survives(mutator.mutate(data, within: 2000)) }
    }
}

/// A seeded source of damage.
private struct CheckpointMutator {
    private var numbers: Mutator

    init(seed: UInt64) { numbers = Mutator(seed: seed) }

    private mutating func next(below bound: Int) -> Int { numbers.next(below: bound) }

    /// A copy of `data` with one to three places among its first `reach` bytes changed, cut out, or filled up.
    mutating func mutate(_ data: Data, within reach: Int) -> Data {
        var bytes = [UInt8](data)
        for _ in 0...next(below: 3) where !bytes.isEmpty {
            let place = next(below: min(reach, bytes.count))
            let end = min(bytes.count, place + 1 + next(below: 12))
            switch next(below: 6) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: next(below: bytes.count))
            case 2: for index in place..<end { bytes[index] = [0, 0xff, 0x7f][next(below: 3)] }
            case 3: bytes.removeSubrange((bytes.count - next(below: min(bytes.count, 200)))...)
            default: bytes[place] = UInt8(next(below: 256))
            }
        }
        return Data(bytes)
    }
}
