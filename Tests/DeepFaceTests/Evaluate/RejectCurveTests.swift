import DeepFace
import Foundation
import Testing

/// The error-versus-reject curve, from distances and qualities that are made up.
struct RejectCurveTests {
    /// 100 pairs of each kind; the worst 30 of one person are far apart, and 10 of different people are close.
    private func scores(telling: Bool) -> [PairScore] {
        (0..<100).flatMap { index -> [PairScore] in
            let quality = Double(telling ? index : (index * 37) % 100) / 100
            var same = PairScore(same: true, distance: index < 30 ? 0.9 : 0.2 + Double(index) / 1000)
            var different = PairScore(same: false, distance: index < 10 ? 0.3 : 0.8 + Double(index) / 1000)
            same.quality = quality
            different.quality = quality
            return [same, different]
        }
    }

    @Test func aQualityThatTellsLowersErrors() throws {
        let curve = try #require(RejectCurve(scores(telling: true), threshold: 0.6))
        #expect(curve.points.map(\.rejected) == [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
        let errors = curve.points.compactMap(\.falseNonMatchRate)
        #expect(errors[0] == 0.3 && abs(errors[2] - 20.0 / 90) < 1e-6 && errors[5] == 0)
        #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(curve.points[0].falseMatchRate == 0.1 && curve.points[2].falseMatchRate == 0)
        #expect(curve.points[0].accuracy == 0.8 && curve.points[5].accuracy == 1)
        #expect(curve.points[5].bar == 0.3 && curve.points[5].pairs == 140 && curve.points[5].equalErrorRate == 0)
        // A tenth of one person's pairs is beyond the hard threshold, or as many as there are of one distance.
        #expect(curve.hardThreshold == 0.9 && curve.points[0].hardFalseNonMatchRate == 0)
    }

    @Test func oneThatDoesNotTellDoesNot() throws {
        let curve = try #require(RejectCurve(scores(telling: false), threshold: 0.6))
        let errors = curve.points.compactMap(\.falseNonMatchRate)
        #expect(abs(errors[7] - 0.3) < 0.06)
    }

    @Test func pairsOfOneQualityStayOrGoTogether() throws {
        var scores = scores(telling: true)
        for index in scores.indices { scores[index].quality = index < 100 ? 0.2 : 0.8 }
        let curve = try #require(RejectCurve(scores, threshold: nil))
        // Half of all have the lowest.
        #expect(curve.points.map(\.bar) == [0, 0.8] && curve.points.map(\.rejected) == [0, 0.5])
        #expect(curve.points[0].accuracy == nil && curve.points[0].falseMatchRate == nil)
    }

    @Test func whatCannotBeJudgedIsLeftOut() {
        let none = PairScore(same: true, distance: nil)
        #expect(RejectCurve([none], threshold: 0.6) == nil)
        // Without a quality there is no curve.
        let unmeasured = [PairScore(same: true, distance: 0.1), PairScore(same: false, distance: 1)]
        #expect(RejectCurve(unmeasured, threshold: 1) == nil)
    }

    @Test func aPairIsAsGoodAsItsWorseFaceAndThePageShowsIt() throws {
        let pairs = (0..<20).flatMap { index in
            [LabelledPair("a", "s\(index)", same: true), LabelledPair("a", "d\(index)", same: false)]
        }
        var photos = ["a": EmbeddedPhoto(photo: "", seconds: 1, faces: [[0], [100]], quality: [0.9, 0.1])]
        for index in 0..<20 {
            photos["s\(index)"] = EmbeddedPhoto(
                photo: "", seconds: 1, faces: [[index < 5 ? 0.9 : 0.1]], quality: [index < 5 ? 0.2 : 0.95])
            photos["d\(index)"] = EmbeddedPhoto(photo: "", seconds: 1, faces: [[2]], quality: [0.5])
        }
        let result = EvaluationResult(
            EmbeddingRecipe(Options()), .dlib, .euclidean, pairs, Folds(pairs), photos, rates: [], byQuality: true)
        // Of the two faces of "a", the one that was compared.
        let qualities: [Double?] = Array(repeating: 0.2, count: 5) + Array(repeating: 0.9, count: 15)
        #expect(result.scores.filter(\.same).map(\.quality) == qualities)
        let curve = try #require(result.rejectCurve)
        #expect(curve.points.first?.falseNonMatchRate == 0.25 && curve.points.last?.falseNonMatchRate == 0)
        let report = EvaluationReport(pairs: pairs, folds: Folds(pairs), photos: 41, results: [result], skipped: [])
        let here = URL(fileURLWithPath: "/tmp")
        #expect(HTMLReport(report, images: here, folder: here, times: false).page.contains("lowest quality left out"))
        let json = String(decoding: try JSONEncoder().encode(ReportDocument(report)), as: UTF8.self)
        #expect(json.contains("\"by_quality\":{") && json.contains("\"hard_fnmr\""))
    }
}
