import DeepFace
import Foundation
import Testing

/// Thresholds for a wanted false match rate, and the files they are kept in.
struct CalibrationTests {
    /// Different people at 1, 2 … 100; one person at 0.5, 3.25 and 50, and one without a face.
    private let result = MadeUpEvaluation.result(
        same: [0.5, 3.25, 50, nil], different: (1...100).map { Optional(Float($0)) } + [nil])

    @Test func theLargestThresholdOfTheRate() throws {
        let calibration = try Calibration(result, falseMatchRate: 0.03)
        // 1, 2 and 3 are accepted, and 3.25 of the same; 4 is not.
        #expect(calibration.threshold == 3.625)
        #expect(calibration.falseMatchRate == 0.03 && calibration.different == 100)
        #expect(abs(calibration.falseNonMatchRate - 1.0 / 3) < 1e-6 && calibration.same == 3)
        // R's binom.test(3, 100).
        #expect(abs(calibration.falseMatchInterval[0] - 0.006230) < 2e-6)
        #expect(abs(calibration.falseMatchInterval[1] - 0.085176) < 2e-6)
        #expect(try Calibration(result, falseMatchRate: 0.039).threshold == 3.625)
        #expect(try Calibration(result, falseMatchRate: 0.01).threshold == 1.5)
    }

    @Test(arguments: [0, 1, -0.5, 0.009, 1e-6, .nan]) func ratesThatCannotBe(rate: Double) {
        let error = #expect(throws: DeepFaceError.self) { try Calibration(result, falseMatchRate: rate) }
        #expect(error?.code == .invalidOption)
        if rate == 0.009 { #expect(error?.message.contains("at least 112 pairs") == true) }
    }

    @Test func equalDistancesStayOnOneSide() throws {
        let ties = MadeUpEvaluation.result(same: [1], different: [2, 2, 2, 2, 2, 3, 3, 3, 3, 3])
        #expect(try Calibration(ties, falseMatchRate: 0.4).threshold == 1.5)
        #expect(try Calibration(ties, falseMatchRate: 0.5).threshold == 2.5)
        let zeros = MadeUpEvaluation.result(same: [1], different: [0, 0, 3])
        #expect(throws: DeepFaceError.self) { try Calibration(zeros, falseMatchRate: 0.4) }
    }

    @Test func filesAreForTheirRecipeOnly() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "threshold é \(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        let calibration = try Calibration(result, falseMatchRate: 0.03)
        try calibration.write(to: url)
        let read = try Calibration(contentsOf: url.path)
        #expect(read == calibration)
        try read.check(Options())
        let changes: [(String, (inout Options) -> Void)] = [
            ("model", { $0.model = .openFace }), ("metric", { $0.metric = .cosine }),
            ("detector", { $0.detector = .opencv }), ("alignment", { $0.alignment = .eyes }),
            ("normalization", { $0.normalization = .raw }), ("search size", { $0.detectionSize = .full }),
            ("landmarks", { $0.landmarks = .predictor }),
            ("turned", { $0.anyRotation = true }), ("expansion", { $0.expand = 5 }),
            ("face limit", { $0.maximumFaces = 1 }),
        ]
        for (word, change) in changes {
            var options = Options()
            change(&options)
            let error = #expect(throws: DeepFaceError.self) { try read.check(options) }
            #expect(error?.code == .invalidOption && error?.message.contains(word) == true, "\(word)")
        }
    }

    @Test(arguments: ["", "{}", "[1]", "{\"threshold\": 0.5}"]) func otherFilesAreRefused(text: String) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "threshold-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(text.utf8).write(to: url)
        let error = #expect(throws: DeepFaceError.self) { try Calibration(contentsOf: url.path) }
        #expect(error?.code == .unreadableInput && error?.input == url.path)
        #expect(throws: DeepFaceError.self) { try Calibration(contentsOf: "/no/such.json") }
        #expect(throws: DeepFaceError.self) { try Calibration(contentsOf: FileManager.default.temporaryDirectory.path) }
    }
}
