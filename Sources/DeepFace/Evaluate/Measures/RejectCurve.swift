/// What it gives to turn photos of low quality away: the errors of the pairs that are left, for one bar after another
/// (the error-versus-reject curve of Grother and Tabassi, "Performance of Biometric Quality Measures", 2007).
///
/// Only pairs in which both photos have a face count. A pair is as good as its worse face.
public struct RejectCurve: Sendable, Equatable, Encodable {
    /// The model's own; `nil` where it has none.
    public let threshold: Double?
    /// Where a tenth of the pairs of one person are not accepted, before any is turned away: so that there are errors
    /// to be seen with a model that makes few.
    public let hardThreshold: Double
    /// The first without a bar.
    public let points: [Point]

    public struct Point: Sendable, Equatable, Encodable {
        /// The share of all pairs that is turned away, 0 to 1.
        public let rejected: Double
        /// Pairs of a lower quality are turned away.
        public let bar: Double
        /// Those that are left.
        public let pairs, same, different: Int
        /// Of the pairs that are left, at the model's threshold: right verdicts, pairs of one person not accepted, and
        /// pairs of different people accepted. `nil` where there are none to count.
        public let accuracy, falseNonMatchRate, falseMatchRate: Double?
        /// Pairs of one person that are not accepted at the hard threshold.
        public let hardFalseNonMatchRate: Double?
        public let equalErrorRate: Double?

        enum CodingKeys: String, CodingKey {
            case rejected, bar, pairs, same, different, accuracy
            case falseNonMatchRate = "fnmr"
            case falseMatchRate = "fmr"
            case hardFalseNonMatchRate = "hard_fnmr"
            case equalErrorRate = "eer"
        }

        /// What could not be measured is written as `null`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(rejected, forKey: .rejected)
            try container.encode(bar, forKey: .bar)
            try container.encode(pairs, forKey: .pairs)
            try container.encode(same, forKey: .same)
            try container.encode(different, forKey: .different)
            try container.encode(accuracy, forKey: .accuracy)
            try container.encode(falseNonMatchRate, forKey: .falseNonMatchRate)
            try container.encode(falseMatchRate, forKey: .falseMatchRate)
            try container.encode(hardFalseNonMatchRate, forKey: .hardFalseNonMatchRate)
            try container.encode(equalErrorRate, forKey: .equalErrorRate)
        }
    }

    enum CodingKeys: String, CodingKey {
        case threshold, points
        case hardThreshold = "hard_threshold"
    }

    /// Shares of the pairs to turn away.
    private static let shares = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5]

    /// - Parameter threshold: the model's own.
    /// - Returns: `nil` unless there are pairs of both kinds with a distance and a quality.
    package init?(_ scores: [PairScore], threshold: Double?) {
        let judged = scores.filter { $0.distance != nil && $0.quality != nil }
        let same = judged.filter(\.same).compactMap(\.distance).sorted()
        guard !same.isEmpty, same.count < judged.count else { return nil }
        let hardThreshold = same[max(0, Int(0.9 * Double(same.count)) - 1)]
        self.threshold = threshold
        self.hardThreshold = hardThreshold
        let qualities = judged.compactMap(\.quality).sorted()
        var points: [Point] = []
        for share in Self.shares {
            let bar = share == 0 ? 0 : qualities[Int(share * Double(qualities.count))]
            let left = judged.filter { $0.quality ?? 0 >= bar }
            // Many of one quality stay or go together.
            if let last = points.last, last.pairs == left.count { continue }
            points.append(
                Point(left, bar: bar, of: judged.count, threshold: threshold, hardThreshold: hardThreshold))
        }
        self.points = points
    }
}

extension RejectCurve.Point {
    fileprivate init(_ left: [PairScore], bar: Double, of all: Int, threshold: Double?, hardThreshold: Double) {
        /// The share of those of one kind that are accepted or not, as wanted.
        func rate(same: Bool, accepted: Bool, at threshold: Double) -> Double? {
            let meant = left.filter { $0.same == same }
            guard !meant.isEmpty else { return nil }
            let wrong = meant.count { $0.isAccepted(at: threshold) == accepted }
            return (Double(wrong) / Double(meant.count)).rounded(toPlaces: 6)
        }
        rejected = (Double(all - left.count) / Double(all)).rounded(toPlaces: 6)
        self.bar = bar
        pairs = left.count
        same = left.count(where: \.same)
        different = pairs - same
        accuracy = left.isEmpty ? nil : threshold.map { left.accuracy(at: $0).rounded(toPlaces: 6) }
        falseNonMatchRate = threshold.flatMap { rate(same: true, accepted: false, at: $0) }
        falseMatchRate = threshold.flatMap { rate(same: false, accepted: true, at: $0) }
        hardFalseNonMatchRate = rate(same: true, accepted: false, at: hardThreshold)
        equalErrorRate = ROCCurve(left)?.equalErrorRate?.rounded(toPlaces: 6)
    }
}
