import DeepFace
import Foundation
import Testing

/// What is refused: with which reason, in one line, and before libhdf5 sees it where it is not sound.
@Suite("Keras weight files: refusals")
struct KerasRefusalTests {
    func reason(_ data: Data) throws -> WeightFileError.Reason? {
        let temporary = try KerasFixture.Temporary(data)
        do throws(WeightFileError) {
            _ = try KerasWeightFile(contentsOf: temporary.path)
            return nil
        } catch {
            #expect(error.file == temporary.path)
            #expect(!error.description.contains("\n"))
            return error.reason
        }
    }

    @Test("files that are no weight files")
    func otherFiles() throws {
        let expected = WeightFileError.Reason.notRecognized(expectedFormat: "a Keras weights file in HDF5")
        #expect(try reason(Data()) == .empty)
        #expect(try reason(Data("<!DOCTYPE html><title>404</title>".utf8)) == expected)
        #expect(try reason(Data([0x89, 0x48, 0x44])) == expected)
        #expect(try reason(Data(repeating: 0, count: 10_000)) == expected)
        #expect(try reason(KerasRefusedFixture.noNames) == expected)
    }

    @Test("paths that cannot be read")
    func paths() {
        let folder = FileManager.default.temporaryDirectory.path
        for path in [folder + "/no-such-file.h5", folder, "/dev/zero", ""] {
            #expect {
                try KerasWeightFile(contentsOf: path)
            } throws: { error in
                guard case .unreadable = (error as? WeightFileError)?.reason else { return false }
                return (error as? WeightFileError)?.file == path
            }
        }
    }

    @Test("what is missing is named")
    func missing() throws {
        #expect(try reason(KerasRefusedFixture.missing) == .missingTensor("v"))
        #expect(
            try reason(KerasRefusedFixture.missingLayer)
                == .malformed("layer 'n' is listed, and is missing or without 'weight_names'"))
    }

    @Test("weights that are no arrays of floating-point numbers are named")
    func otherKinds() throws {
        #expect(try reason(KerasRefusedFixture.group) == .unsupported("tensor 'w': it is not a dataset"))
        #expect(
            try reason(KerasRefusedFixture.integers)
                == .unsupported("tensor 'w': it does not hold floating-point numbers"))
        #expect(
            try reason(KerasRefusedFixture.integerNames)
                == .malformed("attribute 'layer_names' of '/': it does not hold text"))
    }

    static let foreign = [
        ("soft link", KerasRefusedFixture.softLink, "'n': a symbol node at byte 2024: a link to another path"),
        ("external link", KerasRefusedFixture.externalLink, "a group in the format of HDF5 1.8 or later"),
        ("external storage", KerasRefusedFixture.externalStorage, "a dataset kept in another file"),
        ("virtual", KerasRefusedFixture.virtual, "'n/w': a layout of another version, or a virtual dataset"),
        ("chunked", KerasRefusedFixture.chunked, "'n/w': a dataset in chunks"),
        ("compressed", KerasRefusedFixture.compressed, "a compressed or filtered dataset"),
        ("named type", KerasRefusedFixture.namedType, "'t': neither a group nor a dataset"),
        ("nine axes", KerasRefusedFixture.nineAxes, "'n/w': 9 axes, flags 1"),
        ("compound type", KerasRefusedFixture.compound, "the root group: datatype class 6"),
        ("newest format", KerasRefusedFixture.newest, "version 3 of HDF5's superblock"),
    ]

    @Test("parts of HDF5 that Keras does not use, and all that leads out of the file", arguments: foreign)
    func unsupported(_ name: String, _ data: Data, _ detail: String) throws {
        guard case .unsupported(let found) = try reason(data) else {
            Issue.record("\(name) is not refused")
            return
        }
        #expect(found.hasSuffix(detail))
    }

    @Test("objects with two names, cycles included")
    func twoNames() throws {
        #expect(
            try reason(KerasRefusedFixture.cycle)
                == .malformed("'n/w': an object header at byte 96 is met twice"))
        #expect(
            try reason(KerasRefusedFixture.twice)
                == .malformed("'n/v': an object header at byte 2024 is met twice"))
    }

    /// `saveWeights` with the first `old` behind the first `mark` replaced by `new`.
    func edited(_ mark: String, _ old: [UInt8], _ new: [UInt8]) throws -> Data {
        var data = KerasFixture.saveWeights
        let start = try #require(data.range(of: Data(mark.utf8))).upperBound
        let place = try #require(data.range(of: Data(old), in: start..<data.endIndex))
        data.replaceSubrange(place, with: new)
        return data
    }

    @Test("names that are listed twice, or are none")
    func names() throws {
        func layer(_ name: String) throws -> WeightFileError.Reason? {
            try reason(
                edited("layer_names", Array("alpha".utf8), Array(name.utf8) + [0, 0, 0, 0, 0].dropFirst(name.count)))
        }
        #expect(try layer("zeta") == .malformed("a name is twice in 'layer_names'"))
        for name in ["", ".", "./z", "/zeta", "z//"] {
            #expect(try layer(name) == .malformed("'\(name)' in 'layer_names' is no name"))
        }
        #expect(
            try layer("..") == .malformed("layer '..' is listed, and is missing or without 'weight_names'"))
    }

    @Test("sizes that leave the file, or contradict each other")
    func sizes() throws {
        // The heap of the root group's names ends before the names do, is endless, or has unused places in a circle.
        let heap: [UInt8] = [88, 0, 0, 0, 0, 0, 0, 0]
        for size: [UInt8] in [[8, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0, 0], [UInt8](repeating: 255, count: 8)] {
            let found = try reason(edited("HEAP", heap, size))
            #expect(found?.description.hasPrefix("damaged (") == true, "\(size): \(found as Any)")
        }
        // The first dataset's contiguous layout: version 3, class 1, address, 32 bytes.
        var data = KerasFixture.saveWeights
        let layout = try #require(data.range(of: Data([8, 0, 24, 0, 0, 0, 0, 0, 3, 1])))
        data[layout.upperBound + 8] = 64
        #expect(try reason(data)?.description.contains("64 bytes for a dataset of ") == true)
    }

    @Test("a header that continues with nothing, at the superblock's address")
    func emptyContinuation() throws {
        var data = KerasFixture.numbers
        let unused = try #require(data.range(of: Data([0, 0, 0x88, 0, 0, 0, 0, 0]), options: .backwards))
        data[unused.lowerBound] = 16
        let expected = "'n/double:0': an object header's messages of no bytes at byte 0"
        #expect(try reason(data) == .malformed(expected))
    }
}
