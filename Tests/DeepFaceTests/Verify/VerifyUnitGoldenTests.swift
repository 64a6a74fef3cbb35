import DeepFace
import Foundation
import Testing

@Suite(.needsShared) struct VerifyUnitGoldenTests {
    struct Distances: Decodable {
        let n: Int
        let a, b: String
        let dist: [String: Double]
    }

    @Test func distances() throws {
        for golden in try Shared.golden("find_distance", as: [Distances].self) {
            // a: "(stream(8000)-.5)*2", b: "(stream(8100)-.5)*2 + a*0"
            let first = try numbers(golden.a)
            let second = try numbers(golden.b)
            let a = Stream.values(Int(first[0]), count: golden.n).map { ($0 - 0.5) * 2 }
            let b = zip(Stream.values(Int(second[0]), count: golden.n), a).map { ($0 - 0.5) * 2 + $1 * second[3] }
            for (name, expected) in golden.dist {
                let metric = try #require(DistanceMetric(rawValue: name))
                let distance = try metric.distance(a.map { Float($0) }, b.map { Float($0) })
                #expect(abs(distance - expected) <= 2e-6 * max(1, expected), "\(name) of \(golden.n)")
                // Python's angular distance to itself is NaN for some of these.
                #expect(try metric.distance(a.map { Float($0) }, a.map { Float($0) }) == 0)
            }
        }
    }

    /// The numbers in a recorded formula.
    private func numbers(_ formula: String) throws -> [Double] {
        formula.matches(of: /\d*\.?\d+/).compactMap { Double($0.output) }
    }

    @Test func thresholds() throws {
        let golden: [String: [String: Double]] = try Shared.golden("threshold")
        for model in RecognitionRegistry.all {
            let expected = try #require(golden[model.name])
            for metric in DistanceMetric.allCases { #expect(model.thresholds[metric] == expected[metric.rawValue]) }
        }
    }

    struct Confidences: Decodable {
        struct Row: Decodable {
            let model, metric: String
            let distance: Double
            let verified: Bool
            let confidence: Double
            init(from decoder: any Decoder) throws {
                var list = try decoder.unkeyedContainer()
                model = try list.decode(String.self)
                metric = try list.decode(String.self)
                distance = try list.decode(Double.self)
                verified = try list.decode(Bool.self)
                confidence = try list.decode(Double.self)
            }
        }
        let rows: [Row]
    }

    @Test func confidences() throws {
        let rows = try Shared.golden("find_confidence", as: Confidences.self).rows
        var compared = 0
        for row in rows {
            guard let model = try? RecognitionRegistry.model(named: row.model), model.name == row.model else {
                continue
            }
            let metric = try #require(DistanceMetric(rawValue: row.metric))
            let confidence = model.confidence(metric, distance: row.distance, verified: row.verified)
            #expect(confidence == row.confidence, "\(row)")
            compared += 1
        }
        #expect(compared >= 120 * RecognitionRegistry.all.count)
    }
}
