import DeepFace
import Foundation
import Testing

/// What is refused: with which reason, in one line, and without executing or allocating what the file asks for.
@Suite("PyTorch checkpoints: refusals")
struct PyTorchRefusalTests {
    static let storage = FixtureStorage("0", "FloatStorage", [Float](arrayLiteral: 1, 2, 3, 4))

    /// The reason a checkpoint with `object` is refused for, which but for positions is the same in both formats.
    func reason(_ object: Pickled, storages: [FixtureStorage] = []) -> WeightFileError.Reason? {
        let legacy = reason(PyTorchFixture.legacy(object, storages))
        let zip = reason(PyTorchFixture.zip(object, storages))
        #expect(zip?.description.filter { !$0.isNumber } == legacy?.description.filter { !$0.isNumber })
        return legacy
    }

    func reason(_ data: Data) -> WeightFileError.Reason? {
        do throws(WeightFileError) {
            _ = try PyTorchCheckpoint(data: data, name: "model.pt")
            return nil
        } catch {
            #expect(error.description.hasPrefix("model.pt: "))
            #expect(!error.description.contains("\n"))
            return error.reason
        }
    }

    @Test("files that are no checkpoints")
    func otherFiles() {
        let expected = WeightFileError.Reason.notRecognized(expectedFormat: "a PyTorch checkpoint")
        #expect(reason(Data()) == .empty)
        #expect(reason(Data("<!DOCTYPE html><title>404</title>".utf8)) == expected)
        #expect(reason(Data([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])) == expected)
        #expect(reason(Data(Pickled.dict([(.text("weights"), .list([]))]).pickle)) == expected)
        #expect(reason(PyTorchFixture.archive([("notes.txt", Array("hello".utf8))])) == expected)
    }

    @Test("paths that cannot be read")
    func paths() {
        let folder = FileManager.default.temporaryDirectory.path
        for path in [folder + "/no-such-file.pt", folder, "/dev/zero", ""] {
            #expect {
                try PyTorchCheckpoint(contentsOf: path)
            } throws: { error in
                guard case .unreadable = (error as? WeightFileError)?.reason else { return false }
                return (error as? WeightFileError)?.file == path
            }
        }
    }

    @Test("Python objects outside the allow-list are named and not executed")
    func forbiddenGlobals() {
        let attack = Pickled.call(module: "os", name: "system", [.text("touch /tmp/deepface-was-here")])
        #expect(reason(.dict([(.text("w"), attack)])) == .forbiddenGlobal("os.system"))
        #expect(reason(Data(attack.pickle)) == .forbiddenGlobal("os.system"))
        let module = Pickled.global(module: "torch.nn.modules.linear", name: "Linear")
        #expect(reason(module) == .forbiddenGlobal("torch.nn.modules.linear.Linear"))
        #expect(reason(.global(module: "torch", name: "load")) == .forbiddenGlobal("torch.load"))
        // The same through STACK_GLOBAL, whose names lie on the stack.
        let named = Pickled.raw([0x8c, 2] + Array("os".utf8) + [0x8c, 6] + Array("system".utf8) + [0x93])
        #expect(reason(named) == .forbiddenGlobal("os.system"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/deepface-was-here"))
    }

    @Test("a missing tensor and a wrong shape are named")
    func expectations() throws {
        let data = PyTorchFixture.zip(.dict([(.text("w"), Self.storage.tensor([4]))]), [Self.storage])
        let checkpoint = try PyTorchCheckpoint(data: data, name: "model.pt")
        #expect(throws: WeightFileError(file: "model.pt", reason: .missingTensor("b"))) {
            try checkpoint.tensor("b", shape: [4])
        }
        let wrong = WeightFileError.Reason.wrongShape(tensor: "w", expected: [2, 2], found: [4])
        #expect(throws: WeightFileError(file: "model.pt", reason: wrong)) { try checkpoint.tensor("w", shape: [2, 2]) }
        #expect(wrong.description.hasPrefix("tensor 'w' has shape [4], expected [2, 2]; "))
    }

    static let hostileViews: [(offset: Int, shape: [Int], strides: [Int])] = [
        (0, [5], [1]), (1, [4], [1]), (4, [], []), (0, [2, 2], [3, 1]), (-1, [2], [1]), (0, [2], [-1]),
        (.max, [2], [1]), (.max, [1], [1]), (0, [2], [.max]), (0, [2, 2], [.max, .max]), (0, [-2], [1]),
        (0, [-2, -2], [1, 1]), (0, [.max], [0]), (0, [1 << 40], [0]), (0, [.max, .max], [0, 0]), (0, [2, 2], [1]),
        (0, [1 << 32, 1 << 32], [0, 0]), (.min, [.min], [.min]), (0, [2, 1], [4, 1]),
    ]

    @Test("views that leave their storage or ask for more than it has", arguments: hostileViews)
    func hostileView(_ view: (offset: Int, shape: [Int], strides: [Int])) {
        let tensor = Self.storage.tensor(offset: view.offset, view.shape, strides: view.strides)
        let refusal = reason(.dict([(.text("w"), tensor)]), storages: [Self.storage])
        #expect(refusal?.description.hasPrefix("damaged (tensor 'w': ") == true)
    }

    @Test("storages that are missing or shorter than said", arguments: [-1, 5, 1 << 40, 1 << 61, .max])
    func hostileStorage(_ count: Int) {
        var storage = Self.storage
        storage.count = count
        #expect(reason(PyTorchFixture.zip(.dict([(.text("w"), storage.tensor([1]))]), [storage])) != nil)
        #expect(reason(PyTorchFixture.legacy(.dict([(.text("w"), storage.tensor([1]))]), [storage])) != nil)
        #expect(reason(PyTorchFixture.zip(.dict([(.text("w"), Self.storage.tensor([1]))]), [])) != nil)
        #expect(reason(PyTorchFixture.legacy(.dict([(.text("w"), Self.storage.tensor([1]))]), [])) != nil)
    }

    @Test("objects that are no state_dict")
    func otherObjects() {
        let expected = WeightFileError.Reason.unsupported("a checkpoint without a state_dict")
        #expect(reason(.int(5)) == expected)
        #expect(reason(.dict([(.text("epoch"), .int(1))])) == expected)
        #expect(reason(Self.storage.tensor([4]), storages: [Self.storage]) == expected)
        #expect(reason(.list([Self.storage.tensor([4])]), storages: [Self.storage]) == expected)
    }

    @Test("a pickle can neither exhaust the stack nor the memory")
    func pickleBombs() {
        let many = 300_000
        // Nested a million deep, and a list inside itself: freed without recursion, without a leak.
        let nestedTuples = [UInt8(ascii: "N")] + [UInt8](repeating: 0x85, count: many)
        #expect(reason(.raw(nestedTuples)) == .unsupported("a checkpoint without a state_dict"))
        let nestedLists = [UInt8](repeating: UInt8(ascii: "]"), count: many)
        let appends = [UInt8](repeating: UInt8(ascii: "a"), count: many - 1)
        #expect(reason(.raw(nestedLists + appends)) == .unsupported("a checkpoint without a state_dict"))
        #expect(reason(.raw(Array("]q\0h\0a".utf8))) == .unsupported("a checkpoint without a state_dict"))
        // Endless opcodes, unclosed marks, a text longer than the file.
        let endless = [UInt8](repeating: UInt8(ascii: "N"), count: 1_000_001)
        #expect(reason(.raw(endless)) == .unsupported("a pickle of more than 1000000 opcodes"))
        let marks = [UInt8](repeating: UInt8(ascii: "("), count: many)
        #expect(reason(.raw(marks))?.description.hasPrefix("damaged (pickle stack is empty") == true)
        let longText = Pickled.raw([0x8d] + [UInt8](repeating: 0x77, count: 7) + [0])
        #expect(reason(longText)?.description.hasPrefix("the file ends too early (") == true)
    }

    @Test("zip archives of other kinds")
    func archives() {
        let object = Pickled.dict([(.text("w"), Self.storage.tensor([4]))])
        let compressed = reason(PyTorchFixture.zip(object, [Self.storage], method: 8))
        #expect(compressed?.description.hasPrefix("not supported: compressed zip entry 'archive/data.pkl'") == true)
        #expect(
            reason(PyTorchFixture.zip(object, [Self.storage], byteOrder: "big"))
                == .unsupported("a checkpoint saved on a big-endian computer"))
        let program = [("m/data.pkl", object.pickle), ("m/constants.pkl", Pickled.tuple([]).pickle)]
        #expect(
            reason(PyTorchFixture.archive(program)) == .unsupported("a TorchScript program instead of a state_dict"))
        #expect(
            reason(PyTorchFixture.archive([("a/data.pkl", object.pickle), ("a/data.pkl", object.pickle)]))
                == .malformed("zip archive has two entries 'a/data.pkl'"))
    }

    @Test("messages are one line whatever a file's names hold")
    func messages() {
        let hostile = "a\nb\u{1b}[31m\u{202e}" + String(repeating: "x", count: 10_000)
        let error = WeightFileError(file: "evil\r\n.pt", reason: .missingTensor(hostile))
        #expect(error.description.hasPrefix("evil??.pt: has no tensor 'a?b?[31m?xxx"))
        #expect(error.description.count < 500)
        let reasons: [WeightFileError.Reason] = [
            .unreadable("why"), .empty, .notRecognized(expectedFormat: "a dlib model"), .truncated("where"),
            .unsupported("what"), .forbiddenGlobal("os.system"), .missingTensor("w"), .malformed("how"),
            .wrongShape(tensor: "w", expected: [1], found: [2]),
        ]
        for reason in reasons {
            let text = WeightFileError(file: "f", reason: reason).description
            #expect(text.hasPrefix("f: ") && text.count > 20 && !text.contains("\n"))
        }
    }
}
