import DeepFace
import Foundation
import Testing

/// Numbers against small cases done by hand, and against plain computations from the definitions.
struct MeasuresTests {
    private static func scores(_ same: [Double?], _ different: [Double?]) -> [PairScore] {
        same.map { PairScore(same: true, distance: $0) } + different.map { PairScore(same: false, distance: $0) }
    }

    @Test func smallCaseByHand() throws {
        let scores = Self.scores([0.1, 0.2, 0.3, 0.6], [0.4, 0.5, 0.7, 0.8, 0.9])
        let measures = Measures(scores, threshold: 0.4, rates: [0.4, 0.2, 0.1])
        // Wrong at 0.4: 0.6 of the same, 0.4 of the different.
        #expect(measures.accuracy == 7.0 / 9)
        // Between 0.3 and 0.4 only 0.6 is wrong.
        #expect(measures.bestAccuracy == 8.0 / 9 && measures.bestThreshold == 0.35)
        // 18 of the 20 pairings are in the right order.
        #expect(abs(try #require(measures.area) - 0.9) < 1e-12)
        // At 0.4 one of five is accepted and one of four is not; at 0.5 two of five. On the line: 0.2 → 0.25.
        #expect(abs(try #require(measures.equalErrorRate) - 0.25) < 1e-12)
        #expect(measures.operatingPoints.map(\.tar) == [1, 0.75, nil])
        #expect(measures.operatingPoints.map(\.threshold) == [0.6, 0.4, nil])
    }

    @Test func perfectAndHopeless() throws {
        let perfect = Measures(Self.scores([0.1, 0.2], [0.3, 0.4]), threshold: 0.25, rates: [0.5])
        #expect(perfect.accuracy == 1 && perfect.bestAccuracy == 1 && perfect.bestThreshold == 0.25)
        #expect(perfect.area == 1 && perfect.equalErrorRate == 0 && perfect.operatingPoints[0].tar == 1)
        let hopeless = Measures(Self.scores([0.3, 0.4], [0.1, 0.2]), threshold: 0.25, rates: [0.5])
        #expect(hopeless.accuracy == 0 && hopeless.area == 0 && hopeless.equalErrorRate == 1)
        let equal = Measures(Self.scores([0.3, 0.3], [0.3, 0.3]), threshold: nil, rates: [0.5])
        #expect(equal.accuracy == nil && equal.area == 0.5 && equal.equalErrorRate == 0.5)
        let none = Measures([], threshold: 1, rates: [0.5])
        #expect(none.accuracy == nil && none.area == nil && none.folded == nil && none.operatingPoints[0].tar == nil)
    }

    /// Pairs without a face are judged "different" and never accepted.
    @Test func pairsWithoutADistance() throws {
        let scores = Self.scores([0.1, nil, nil], [0.2, nil])
        let measures = Measures(scores, threshold: 0.3, rates: [0.5])
        #expect(measures.accuracy == 2.0 / 5)
        // Two thirds of the same are never accepted, at most half of the different are: the rates do not meet.
        #expect(measures.equalErrorRate == nil)
        // Closer: 0.1 against 0.2 and none; equal: two against none.
        let area = try #require(measures.area)
        #expect(abs(area - 0.5) < 1e-12)
    }

    /// Against the definitions, over random distances with many equal ones.
    @Test(arguments: 0..<40) func againstPlainComputation(seed: Int) throws {
        var random = Mutator(seed: UInt64(seed))
        func distances(_ count: Int, _ shift: Int) -> [Double?] {
            (0..<count).map { _ in
                random.next(below: 12) == 0 ? nil : Double(random.next(below: 60) + shift) / 100
            }
        }
        let (same, different) = (distances(40, 0), distances(70, seed))
        let scores = Self.scores(same, different)
        let curve = try #require(ROCCurve(scores))
        func rate(_ distances: [Double?], _ threshold: Double) -> Double {
            Double(distances.compactMap(\.self).count { $0 <= threshold }) / Double(distances.count)
        }
        for point in curve.points {
            let threshold = point.threshold ?? -1
            #expect(point.falseMatchRate == rate(different, threshold) && point.trueMatchRate == rate(same, threshold))
        }
        var ordered = 0.0
        for one in same {
            for other in different {
                let (near, far) = (one ?? .infinity, other ?? .infinity)
                ordered += near < far ? 1 : near == far ? 0.5 : 0
            }
        }
        #expect(abs(curve.area - ordered / Double(same.count * different.count)) < 1e-9)

        // The rates as lines over a fine path along the curve; the first place where they cross.
        var crossing: Double?
        let thresholds = [-1.0] + (0...200).map { Double($0) / 100 }
        walk: for (from, to) in zip(thresholds, thresholds.dropFirst()) {
            let (matches, misses) = ([from, to].map { rate(different, $0) }, [from, to].map { 1 - rate(same, $0) })
            for step in 0...2000 {
                let share = Double(step) / 2000
                let match = matches[0] * (1 - share) + matches[1] * share
                let miss = misses[0] * (1 - share) + misses[1] * share
                if match >= miss {
                    crossing = (match + miss) / 2
                    break walk
                }
            }
        }
        #expect((crossing == nil) == (curve.equalErrorRate == nil))
        if let crossing, let rate = curve.equalErrorRate { #expect(abs(rate - crossing) < 1e-3) }

        for wanted in [0.5, 0.1, 1.0 / 70, 0.01] {
            let allowed = thresholds.filter { rate(different, $0) <= wanted + 1e-12 }
            let expected = wanted * 70 < 0.999 ? nil : allowed.map { rate(same, $0) }.max()
            #expect(curve.point(atFalseMatchRate: wanted)?.trueMatchRate == expected)
        }

        let measures = Measures(scores, threshold: 0.3, rates: [])
        func right(_ threshold: Double) -> Int {
            scores.count { ($0.distance.map { $0 <= threshold } ?? false) == $0.same }
        }
        let best = thresholds.map(right).max()
        #expect(best.map { Double($0) / 110 } == measures.bestAccuracy)
        #expect(Double(right(try #require(measures.bestThreshold))) / 110 == measures.bestAccuracy)
        #expect(measures.accuracy == Double(right(0.3)) / 110)
        #expect(curve.corners.first == curve.points.first && curve.corners.last == curve.points.last)
    }

    @Test func foldsJudgeWithTheOthersThreshold() throws {
        // Fold 1 and 2 agree on a threshold between 0.2 and 0.4; fold 3's own pairs lie higher.
        let folds: [(Double, Double)] = [(0.2, 0.4), (0.2, 0.4), (0.5, 0.8)]
        let scores = folds.enumerated().flatMap { index, distances in
            [
                PairScore(same: true, distance: distances.0, fold: index + 1),
                PairScore(same: false, distance: distances.1, fold: index + 1),
            ]
        }
        let folded = try #require(FoldedAccuracy(scores))
        // Folds 1 and 2 are judged with what suits the others: of 0.2, 0.4, 0.5, 0.8 three can be right, first at 0.3.
        // Fold 3 is judged at 0.3 too: one of its two is wrong.
        #expect(folded.folds == 3 && abs(folded.mean - (1 + 1 + 0.5) / 3) < 1e-12)
        #expect(abs(folded.threshold - 0.3) < 1e-12)
        #expect(abs(folded.standardDeviation - (1.0 / 12).squareRoot()) < 1e-12)
        #expect(FoldedAccuracy(Self.scores([0.1], [0.2])) == nil)
    }

    @Test func histogramsCountEveryDistanceOnce() {
        let histogram = DistanceHistogram(Self.scores([0, 0.1, nil], [0.2, 0.4, 0.4]), bins: 4)
        #expect(abs(histogram.width - 0.1) < 1e-12)
        #expect(histogram.same.reduce(0, +) == 2 && histogram.different == [0, 0, 1, 2])
        #expect(DistanceHistogram([], bins: 2).same == [0, 0])
    }

    /// Known values: none of n is 1 − (α/2)^(1/n); 10 of 100 as in R's binom.test.
    @Test func intervals() {
        let none = BinomialInterval(cases: 0, of: 262)
        #expect(none.lower == 0 && abs(none.upper - (1 - pow(0.025, 1.0 / 262))) < 1e-9)
        let some = BinomialInterval(cases: 10, of: 100)
        #expect(abs(some.lower - 0.04900469) < 1e-7 && abs(some.upper - 0.17622260) < 1e-7)
        let all = BinomialInterval(cases: 5, of: 5)
        #expect(all.upper == 1 && abs(all.lower - pow(0.025, 0.2)) < 1e-9)
    }
}
