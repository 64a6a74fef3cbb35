import DeepFace
import Foundation
import Testing

/// The dataset's 300 pairs: what Python gets right, and what chips on dlib's template get right, as recorded.
@Suite(.needsShared, .serialized) struct EvaluationGoldenTests {
    struct Recorded: Decodable {
        struct Metric: Decodable {
            let accDefaultThreshold, bestAcc, bestThreshold, auc: Double
        }
        let cosine: Metric
    }

    private func evaluation(_ cache: URL) throws -> Evaluation {
        let folder = try Shared.url("images/deepface-dataset")
        var evaluation = Evaluation(
            pairs: try PairsFile.pairs(in: folder.appending(path: "master.csv").path), images: folder)
        evaluation.metrics = [.cosine]
        evaluation.cache = cache
        evaluation.parallel = 2
        return evaluation
    }

    @Test func theRecordedAccuracies() async throws {
        let cache = FileManager.default.temporaryDirectory.appending(path: "evaluate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: cache) }
        let recorded: [String: Recorded] = try Shared.golden("alignment_comparison_dlib")
        var evaluation = try evaluation(cache)
        #expect(evaluation.pairs.count == 300 && evaluation.pairs.count(where: \.same) == 38)
        evaluation.options.enforceDetection = false
        evaluation.detectors = [.opencv]
        evaluation.alignments = [.eyes, .landmarks]
        let report = try await evaluation.run()
        let names = ["deepface eye-align opencv (verify path)", "5pt-chip boxes=opencv"]
        for (result, name) in zip(report.results, names) {
            let expected = try #require(recorded[name]).cosine
            let accuracy = try #require(result.allPairs.accuracy)
            // One pair more or less than recorded.
            #expect(abs(accuracy - expected.accDefaultThreshold) < 1.01 / 300, "\(name): \(accuracy)")
            #expect(abs(try #require(result.allPairs.bestAccuracy) - expected.bestAcc) < 1.01 / 300)
            #expect(abs(try #require(result.allPairs.area) - expected.auc) < 0.002)
            #expect(result.allPairs.operatingPoints.last?.tar == nil, "262 pairs cannot show a thousandth")
        }
        // Nothing is left to do, and the report is the same.
        var steps: [Int] = []
        let again = try await evaluation.run { done, _ in steps.append(done) }
        #expect(steps.count == 2 && steps[1] == 2 * steps[0])
        #expect(again.results.map(\.secondsPerPhoto) == report.results.map(\.secondsPerPhoto))
        #expect(again.results.map(\.scores) == report.results.map(\.scores))
    }

    @Test func distancesAreThoseOfVerify() async throws {
        let cache = FileManager.default.temporaryDirectory.appending(path: "evaluate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: cache) }
        var evaluation = try evaluation(cache)
        let folder = evaluation.images
        evaluation.pairs = [
            LabelledPair("img1.jpg", "img2.jpg", same: true), LabelledPair("img1.jpg", "couple.jpg", same: false),
        ]
        evaluation.metrics = nil
        let report = try await evaluation.run()
        for (pair, score) in zip(report.pairs, report.results[0].scores) {
            let verdict = try await TestPipeline.deepface.verify(
                folder.appending(path: pair.first).path, folder.appending(path: pair.second).path)
            #expect(try abs(#require(score.distance) - verdict.distance) <= 2e-6)
        }
        #expect(report.results[0].metric == .euclidean && report.results[0].threshold == 0.6)
    }

    @Test func whatCannotBeDone() async throws {
        let cache = FileManager.default.temporaryDirectory.appending(path: "evaluate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: cache) }
        var evaluation = try evaluation(cache)
        evaluation.models = [.openFace]
        evaluation.alignments = [.landmarks]
        await #expect(throws: DeepFaceError.self) { try await evaluation.run() }
        evaluation.models = [.dlib]
        evaluation.alignments = nil
        evaluation.pairs = [
            LabelledPair("img1.jpg", "nobody1.jpg", same: true), LabelledPair("img1.jpg", "nobody2.jpg", same: false),
        ]
        let error = await #expect(throws: DeepFaceError.self) { try await evaluation.run() }
        #expect(error?.message.contains("2 of the 3 photos are not there: nobody1.jpg, nobody2.jpg") == true)
        #expect(!FileManager.default.fileExists(atPath: cache.path))
    }
}
