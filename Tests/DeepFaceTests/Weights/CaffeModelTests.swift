import DeepFace
import Foundation
import Testing

/// Caffe models: what is read, what is refused, and damaged files: always a value or a `WeightFileError`.
@Suite("Caffe models")
struct CaffeModelTests {
    typealias Fixture = CaffeFixture

    static let file = Data(
        Fixture.model(
            Fixture.layer("data", "Input"),
            Fixture.layer("conv", "Convolution", Fixture.blob([2, 3, 1, 1]), Fixture.blob([2])),
            Fixture.layer("old", "Scale", Fixture.legacyBlob([1, 1, 2, 3])),
            Fixture.layer("long", "InnerProduct", Fixture.blob([30, 20]))))
    static let names = ["conv/0", "conv/1", "old/0", "long/0"]
    /// Where more than the numbers of the long tensor lies.
    static let places = 0..<(file.count - 2400)

    func reason(_ bytes: [UInt8], _ tensor: String = "conv/0", shape: [Int] = [2]) -> WeightFileError.Reason? {
        do throws(WeightFileError) {
            _ = try CaffeModel(data: Data(bytes), name: "small.caffemodel").tensor(tensor, shape: shape)
            return nil
        } catch {
            #expect(error.description.hasPrefix("small.caffemodel: "))
            return error.reason
        }
    }

    @Test("numbers in one piece and one by one, shapes of both kinds")
    func reads() throws {
        let model = try CaffeModel(data: Self.file, name: "small.caffemodel")
        #expect(model.names == Self.names)
        #expect(try model.tensor("conv/0", shape: [2, 3, 1, 1]).values == [0, 1, 2, 3, 4, 5])
        #expect(try model.tensor("conv/1", shape: [2]).values == [0, 1])
        // Axes of length 1 in front do not count in the older form.
        #expect(try model.tensor("old/0", shape: [2, 3]).values == [0, 1, 2, 3, 4, 5])
        #expect(try model.tensor("old/0", shape: [1, 2, 3]).shape == [1, 2, 3])
        #expect(throws: WeightFileError.self) { try model.tensor("old/0", shape: [3, 2]) }
        #expect(throws: WeightFileError.self) { try model.tensor("conv/1", shape: [1, 2]) }
    }

    @Test("what is no model, or another's")
    func refuses() {
        #expect(reason([]) == .empty)
        let none = WeightFileError.Reason.notRecognized(expectedFormat: "a Caffe model")
        #expect(reason(Array("<!DOCTYPE html>".utf8)) == none)
        #expect(reason(Array("layer { name: \"conv\" }".utf8)) == none)
        let layer = Fixture.layer("conv", "Scale", Fixture.blob([2]))
        #expect(reason(Fixture.model(layer), "conv/1") == .missingTensor("conv/1"))
        #expect(
            reason(Fixture.model(layer), shape: [3])
                == .wrongShape(tensor: "conv/0", expected: [3], found: [2]))
        #expect(reason(Fixture.model(layer, layer)) == .malformed("tensor 'conv/0' comes twice"))
        for shape in [[3], [-2, -1], [1 << 40, 1 << 40], Array(repeating: 1, count: 33)] {
            let blob = Fixture.blob(shape, count: 2)
            guard case .malformed = reason(Fixture.model(Fixture.layer("conv", "Scale", blob))) else {
                Issue.record("two numbers for \(shape)")
                continue
            }
        }
        guard case .unsupported = reason(Fixture.model(Fixture.message(2, []))) else {
            Issue.record("layers of the older kind")
            return
        }
        let wide = Fixture.message(8, [UInt8](repeating: 0, count: 16))
        guard case .unsupported = reason(Fixture.model(Fixture.layer("conv", "Scale", wide))) else {
            Issue.record("numbers of 64 bits")
            return
        }
    }

    /// Whether the file can be opened and has every tensor; reads all there are.
    func isWhole(_ data: Data) -> Bool {
        do throws(WeightFileError) {
            let model = try CaffeModel(data: data, name: "damaged.caffemodel")
            for name in model.names {
                guard let tensor = model[name] else {
                    Issue.record("'\(name)' is listed but cannot be read")
                    continue
                }
                #expect(WeightTensor.elementCount(of: tensor.shape) == tensor.values.count)
            }
            return model.names == Self.names
        } catch {
            #expect(!error.description.contains("\n"))
            return false
        }
    }

    @Test("every truncation is refused, or lacks a tensor")
    func truncations() {
        #expect(isWhole(Self.file))
        for length in 0..<Self.file.count {
            #expect(!isWhole(Self.file.prefix(length)), "the first \(length) bytes")
        }
    }

    @Test("mutations of a small file")
    func mutations() {
        var mutator = Mutator(seed: 20_251_121)
        var whole = 0
        for _ in 0..<Fuzz.count(2000) {
            whole += isWhole(mutator.mutate(Self.file, at: Self.places)) ? 1 : 0
        }
        #expect(whole > 0 && whole < Fuzz.count(2000) * 9 / 10, "\(whole) whole")
    }
}
