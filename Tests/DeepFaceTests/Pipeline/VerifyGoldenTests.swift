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
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.alignment = .eyes
        options.enforceDetection = false
        let faces = try await represent(recorded, options)
        for metric in DistanceMetric.allCases {
            options.metric = metric
            var (close, agreeing) = (0, 0)
            for pair in recorded.pairs {
                let result = try verify(pair, faces, options)
                let expected = try #require(pair.metrics[metric.rawValue])
                if abs(result.distance - expected.distance) <= tolerance { close += 1 }
                if result.verified == expected.verified { agreeing += 1 }
            }
            #expect(Double(close) >= share * 300, "\(close) of 300 \(metric) distances agree")
            #expect(Double(agreeing) >= 0.99 * 300, "\(agreeing) of 300 \(metric) verdicts agree")
        }
    }

    @Test(arguments: ["opencv", "mtcnn", "dlib"])
    func landmarkAlignmentIsRight(detector: String) async throws {
        let recorded: Recorded = try Shared.golden("verify_dlib_\(detector)")
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.enforceDetection = false
        let faces = try await represent(recorded, options)
        for metric in [DistanceMetric.cosine, .euclidean] {
            options.metric = metric
            let right = try recorded.pairs.filter { try verify($0, faces, options).verified == $0.same }.count
            #expect(Double(right) >= 0.996 * 300, "\(right) of 300 \(metric) verdicts are right")
        }
    }

    /// The faces of every photo that stands in a pair.
    private func represent(_ recorded: Recorded, _ options: Options) async throws -> [String: [Representation]] {
        let names = Set(recorded.pairs.flatMap { [$0.img1, $0.img2] }).sorted()
        let photos = try names.map { ImageSource.path(try Shared.photo($0)) }
        let results = try await TestPipeline.deepface.represent(photos, options: options).map { try $0.get() }
        return Dictionary(uniqueKeysWithValues: zip(names, results))
    }

    private func verify(
        _ pair: Recorded.Pair, _ faces: [String: [Representation]], _ options: Options
    ) throws -> Verification {
        try TestPipeline.deepface.verify(
            #require(faces[pair.img1]), #require(faces[pair.img2]), options: options)
    }
}
