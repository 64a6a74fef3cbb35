import DeepFace
import Foundation
import Testing

/// Damaged weight files: always values or a `WeightFileError`, never a crash, a hang or an absurd allocation.
/// Deterministic. `DEEPFACE_FUZZ=1` tries five times as many; build with `--sanitize=address` to see what a crash is.
@Suite("Keras weight files: damaged files")
struct KerasWeightFileMutationTests {
    static let files = [
        ("saveWeights", KerasFixture.saveWeights), ("fullModel", KerasFixture.fullModel),
        ("variableStrings", KerasFixture.variableStrings),
    ]

    static let count = Fuzz.count(2000)

    /// Opens the file and reads all its weights; returns whether it could be opened.
    func survives(_ path: String) -> Bool {
        do throws(WeightFileError) {
            let file = try KerasWeightFile(contentsOf: path)
            for weight in file.layers.flatMap(\.weights) {
                let values = try file.values(of: weight)
                #expect(values.count == WeightTensor.elementCount(of: weight.shape))
            }
            return true
        } catch {
            #expect(!error.description.contains("\n"))
            return false
        }
    }

    @Test("every truncation of a small file is refused", arguments: files)
    func truncations(_ name: String, _ data: Data) throws {
        let temporary = try KerasFixture.Temporary(data)
        #expect(survives(temporary.path))
        for length in (0..<data.count).reversed() {
            #expect(truncate(temporary.path, off_t(length)) == 0)
            #expect(!survives(temporary.path), "the first \(length) bytes")
        }
    }

    @Test("2,000 or 10,000 mutations of each small file", arguments: files)
    func mutations(_ name: String, _ data: Data) throws {
        var mutator = KerasMutator(seed: 20_240_914)
        let temporary = try KerasFixture.Temporary(data)
        var opened = 0
        for _ in 0..<Self.count {
            try temporary.write(mutator.mutate(data))
            opened += survives(temporary.path) ? 1 : 0
        }
        // Some damage is in numbers only, most is not.
        #expect(opened > Self.count / 20 && opened < Self.count / 2, "\(opened) of \(Self.count)")
    }

    @Test("random bytes behind a true signature")
    func randomBytes() throws {
        var mutator = KerasMutator(seed: 3)
        let temporary = try KerasFixture.Temporary(KerasFixture.saveWeights)
        for _ in 0..<Self.count / 10 {
            try temporary.write(KerasFixture.saveWeights.prefix(56) + mutator.bytes(16_000))
            #expect(!survives(temporary.path))
        }
    }
}

/// A seeded source of damage to HDF5 files.
private struct KerasMutator {
    private var numbers: Mutator

    init(seed: UInt64) { numbers = Mutator(seed: seed) }

    private mutating func next(below bound: Int) -> Int { numbers.next(below: bound) }

    mutating func bytes(_ count: Int) -> Data { Data((0..<count).map { _ in UInt8(next(below: 256)) }) }

    /// A copy of `data` with one to three places changed, mostly where there are other bytes than zero.
    mutating func mutate(_ data: Data) -> Data {
        var bytes = [UInt8](data)
        for _ in 0...next(below: 3) where bytes.count > 100 {
            var place = next(below: bytes.count)
            while bytes[place] == 0 && next(below: 12) != 0 { place = next(below: bytes.count) }
            let end = min(bytes.count, place + 1 + next(below: 12))
            let word = min(place & ~7, bytes.count - 8)
            switch next(below: 16) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: next(below: bytes.count))
            case 2: bytes.removeSubrange((bytes.count - next(below: min(bytes.count, 400)))...)
            case 3...5: for index in place..<end { bytes[index] = [0, 0xff, 0x7f][next(below: 3)] }
            // An address, a length or a name of the file in the place of another.
            case 6...8:
                let other = next(below: bytes.count / 8) * 8
                bytes.replaceSubrange(word..<(word + 8), with: bytes[other..<(other + 8)])
            case 9: bytes.replaceSubrange(word..<(word + 8), with: [UInt8(next(below: 256)), 0, 0, 0, 0, 0, 0, 0])
            case 10...11: bytes[place] = UInt8(next(below: 24))
            case 12: bytes[place] ^= UInt8(1 << next(below: 8))
            default: bytes[place] = UInt8(next(below: 256))
            }
        }
        return Data(bytes)
    }
}
