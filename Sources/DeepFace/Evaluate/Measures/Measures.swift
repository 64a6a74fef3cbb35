/// How well distances tell one person from another, over some pairs.
public struct Measures: Sendable, Encodable {
    public let pairs, same, different: Int
    /// Share of right verdicts at the model's own threshold, 0 to 1; `nil` where it has none.
    public let accuracy: Double?
    /// Share of right verdicts, each fold judged at the threshold that is best for the others.
    public let folded: FoldedAccuracy?
    /// Share of right verdicts at the threshold that is best for these very pairs: it flatters.
    public let bestAccuracy, bestThreshold: Double?
    /// Where as many of the different are accepted as of the same are not.
    public let equalErrorRate: Double?
    /// Area under the ROC curve.
    public let area: Double?
    /// How many of the same are accepted where so many of the different are.
    public let operatingPoints: [OperatingPoint]

    public struct OperatingPoint: Sendable, Equatable, Encodable {
        /// The false match rate asked for.
        public let far: Double
        /// The true match rate there; `nil` when the pairs of different people are too few to tell.
        public let tar: Double?
        public let threshold: Double?

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(far, forKey: .far)
            try container.encode(tar?.rounded(toPlaces: 6), forKey: .tar)
            try container.encode(threshold, forKey: .threshold)
        }

        enum CodingKeys: CodingKey { case far, tar, threshold }
    }

    /// - Parameters:
    ///   - threshold: the model's own.
    ///   - rates: false match rates to look at.
    package init(_ scores: [PairScore], threshold: Double?, rates: [Double]) {
        pairs = scores.count
        same = scores.count(where: \.same)
        different = pairs - same
        accuracy = scores.isEmpty ? nil : threshold.map { scores.accuracy(at: $0) }
        folded = FoldedAccuracy(scores)
        let best = ThresholdSweep(scores).best
        bestAccuracy = best?.accuracy
        bestThreshold = best?.threshold
        let curve = ROCCurve(scores)
        equalErrorRate = curve?.equalErrorRate
        area = curve?.area
        operatingPoints = rates.map { rate in
            let point = curve?.point(atFalseMatchRate: rate)
            return OperatingPoint(far: rate, tar: point?.trueMatchRate, threshold: point?.threshold)
        }
    }

    enum CodingKeys: String, CodingKey {
        case pairs, same, different, accuracy
        case kFoldAccuracy = "kfold_accuracy"
        case kFoldDeviation = "kfold_standard_deviation"
        case kFoldThreshold = "kfold_threshold"
        case bestAccuracy = "best_accuracy"
        case bestThreshold = "best_threshold"
        case equalErrorRate = "eer"
        case area = "auc"
        case operatingPoints = "tar_at_far"
    }

    /// What could not be measured is written as `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(pairs, forKey: .pairs)
        try container.encode(same, forKey: .same)
        try container.encode(different, forKey: .different)
        try container.encode(accuracy?.rounded(toPlaces: 6), forKey: .accuracy)
        try container.encode(folded?.mean.rounded(toPlaces: 6), forKey: .kFoldAccuracy)
        try container.encode(folded?.standardDeviation.rounded(toPlaces: 6), forKey: .kFoldDeviation)
        try container.encode(folded?.threshold.rounded(toPlaces: 6), forKey: .kFoldThreshold)
        try container.encode(bestAccuracy?.rounded(toPlaces: 6), forKey: .bestAccuracy)
        try container.encode(bestThreshold, forKey: .bestThreshold)
        try container.encode(equalErrorRate?.rounded(toPlaces: 6), forKey: .equalErrorRate)
        try container.encode(area?.rounded(toPlaces: 6), forKey: .area)
        try container.encode(operatingPoints, forKey: .operatingPoints)
    }
}
