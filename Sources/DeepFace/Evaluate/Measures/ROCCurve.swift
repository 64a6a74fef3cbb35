/// What each threshold costs and gives: the receiver operating characteristic.
///
/// Rates are over all pairs; one without a distance is never accepted, so the curve may end below 1.
public struct ROCCurve: Sendable {
    public struct Point: Sendable, Equatable {
        /// `nil` where nobody is accepted.
        public let threshold: Double?
        /// Pairs of different people that are accepted, of all such pairs.
        public let falseMatchRate: Double
        /// Pairs of one person that are accepted, of all such pairs.
        public let trueMatchRate: Double
    }

    /// One for each distance that occurs, from nobody accepted on.
    public let points: [Point]
    /// Pairs of different people.
    public let different: Int

    /// `nil` unless there are pairs of both kinds.
    package init?(_ scores: [PairScore]) {
        let sweep = ThresholdSweep(scores)
        guard sweep.same > 0, sweep.different > 0 else { return nil }
        different = sweep.different
        points =
            [Point(threshold: nil, falseMatchRate: 0, trueMatchRate: 0)]
            + sweep.steps.map { step in
                Point(
                    threshold: step.distance, falseMatchRate: Double(step.different) / Double(sweep.different),
                    trueMatchRate: Double(step.same) / Double(sweep.same))
            }
    }

    /// The area under the curve: how likely a pair of one person is closer than one of different people, equals
    /// counting half.
    public var area: Double {
        let end = Point(threshold: nil, falseMatchRate: 1, trueMatchRate: 1)
        return zip(points, points.dropFirst() + [end]).reduce(0) { area, pair in
            let (from, to) = pair
            return area + (to.falseMatchRate - from.falseMatchRate) * (from.trueMatchRate + to.trueMatchRate) / 2
        }
    }

    /// The error rate where as many of the different are accepted as of the same are not, on the straight line between
    /// the two points around it; `nil` when pairs without a distance keep the curve from getting there.
    public var equalErrorRate: Double? {
        for (from, to) in zip(points, points.dropFirst()) where to.falseMatchRate >= 1 - to.trueMatchRate {
            // Where false match rate + true match rate = 1.
            let (start, end) = (from.falseMatchRate + from.trueMatchRate, to.falseMatchRate + to.trueMatchRate)
            let share = (1 - start) / (end - start)
            return from.falseMatchRate + share * (to.falseMatchRate - from.falseMatchRate)
        }
        return nil
    }

    /// The point of the largest true match rate with at most this false match rate; `nil` when the pairs of different
    /// people are too few to show such a rate at all.
    public func point(atFalseMatchRate rate: Double) -> Point? {
        // A hair more, for products such as 0.07 × 100.
        guard rate * Double(different) >= 1 - 1e-9 else { return nil }
        let most = Int(rate * Double(different) + 1e-9)
        return points.last { Int(($0.falseMatchRate * Double(different)).rounded()) <= most }
    }

    /// The curve's corners: the points on a straight line between others left out.
    package var corners: [Point] {
        points.indices.filter { index in
            guard index > 0, index + 1 < points.count else { return true }
            let (before, here, after) = (points[index - 1], points[index], points[index + 1])
            let upright = before.falseMatchRate == here.falseMatchRate && here.falseMatchRate == after.falseMatchRate
            let level = before.trueMatchRate == here.trueMatchRate && here.trueMatchRate == after.trueMatchRate
            return !upright && !level
        }.map { points[$0] }
    }
}
