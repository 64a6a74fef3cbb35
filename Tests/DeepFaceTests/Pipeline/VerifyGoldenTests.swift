import DeepFace
import Foundation
import Testing

/// The 300 labelled pairs of the dataset against the Python original's distances, and against the truth.
@Suite(.needsShared, .serialized) struct VerifyGoldenTests {
    struct Recorded: Decodable {
        struct Pair: Decodable {
            struct Result: Decodable {
                let distance: Double
                let verified: Bool
                let confidence: Double
            }
            let img1, img2: String
            let same: Bool
            let metrics: [String: Result]
        }
        let pairs: [Pair]
    }

    @Test(arguments: [("opencv", 0.002, 0.98), ("dlib", 0.002, 0.98), ("mtcnn", 0.01, 0.97)])
    func eyeAlignmentGivesPythonsDistances(detector: String, tolerance: Double, share: Double) async throws {
        let recorded: Recorded = try Shared.golden("verify_dlib_\(detector)")
        #expect(recorded.pairs.count == 300)
        for metric in DistanceMetric.allCases {
            var options = Options()
            options.detector = try DetectorRegistry.detector(named: detector)
            options.alignment = .eyes
            options.metric = metric
            options.enforceDetection = false
            let results = try await verify(recorded, options)
            var (close, agreeing) = (0, 0)
            for (pair, result) in zip(recorded.pairs, results) {
                let expected = try #require(pair.metrics[metric.rawValue])
                if abs(result.distance - expected.distance) <= tolerance { close += 1 }
                if result.verified == expected.verified { agreeing += 1 }
            }
            #expect(Double(close) >= share * 300, "\(close) of 300 \(metric) distances agree")
            #expect(Double(agreeing) >= 0.99 * 300, "\(agreeing) of 300 \(metric) verdicts agree")
        }
    }

    @Test(arguments: ["opencv", "mtcnn", "dlib"], [DistanceMetric.cosine, .euclidean])
    func landmarkAlignmentIsRight(detector: String, metric: DistanceMetric) async throws {
        let recorded: Recorded = try Shared.golden("verify_dlib_\(detector)")
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.metric = metric
        options.enforceDetection = false
        let results = try await verify(recorded, options)
        let right = zip(recorded.pairs, results).filter { $0.same == $1.verified }.count
        #expect(Double(right) >= 0.996 * 300, "\(right) of 300 verdicts are right")
    }

    private func verify(_ recorded: Recorded, _ options: Options) async throws -> [Verification] {
        let pairs = try recorded.pairs.map { pair in
            (ImageSource.path(try Shared.photo(pair.img1)), ImageSource.path(try Shared.photo(pair.img2)))
        }
        return try await TestPipeline.deepface.verify(pairs, options: options).map { try $0.get() }
    }
}
