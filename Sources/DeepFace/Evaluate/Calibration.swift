import Foundation

/// A threshold that somebody's own pairs propose for a wanted false match rate, and what it was measured with.
public struct Calibration: Sendable, Equatable {
    public let recipe: EmbeddingRecipe
    public let metric: DistanceMetric
    public let threshold: Double
    /// The false match rate that was asked for.
    public let wantedRate: Double
    /// Of the pairs of different people, those that the threshold takes for one person.
    public let falseMatchRate: Double
    /// Between which rates the true one lies, 95 % sure.
    public let falseMatchInterval: [Double]
    /// Of the pairs of one person, those that the threshold takes for two.
    public let falseNonMatchRate: Double
    /// Between which rates the true one lies, 95 % sure.
    public let falseNonMatchInterval: [Double]
    /// Pairs in which both photos have a face; the others had no say.
    public let same, different: Int
    /// Year, month and day, UTC.
    public let date: String

    /// The largest threshold, between two distances, at which no more different people than wanted are taken for one
    /// person. Pairs in which a photo has no face are left out.
    ///
    /// - Throws: `invalidOption` when the rate is not above 0 and below 1, or the pairs are too few to show it.
    public init(
        _ result: EvaluationResult, falseMatchRate wanted: Double, date: Date = Date()
    ) throws(DeepFaceError) {
        func distances(same: Bool) -> [Double] {
            result.scores.filter { $0.same == same }.compactMap(\.distance).sorted()
        }
        let (same, different) = (distances(same: true), distances(same: false))
        try Self.check(falseMatchRate: wanted, different: different.count)
        guard !same.isEmpty else {
            throw DeepFaceError(.invalidOption, "no pair of one person has faces found in both photos")
        }
        // The first that must not be accepted any more.
        let next = different[min(different.count - 1, Int(wanted * Double(different.count) + 1e-9))]
        let accepted = (same + different).filter { $0 < next }.max() ?? 0
        guard next > 0 else {
            throw DeepFaceError(
                .invalidOption, "no threshold gives that rate: photos of different people have distance 0",
                advice: "check the pairs, or ask for a larger rate")
        }
        let threshold = thresholdBetween(accepted, next)
        let matches = different.count { $0 <= threshold }
        let misses = same.count { $0 > threshold }
        let (matchInterval, missInterval) = (
            BinomialInterval(cases: matches, of: different.count), BinomialInterval(cases: misses, of: same.count)
        )
        recipe = result.recipe
        metric = result.metric
        self.threshold = threshold
        wantedRate = wanted
        falseMatchRate = (Double(matches) / Double(different.count)).rounded(toPlaces: 6)
        falseMatchInterval = [matchInterval.lower, matchInterval.upper].map { $0.rounded(toPlaces: 6) }
        falseNonMatchRate = (Double(misses) / Double(same.count)).rounded(toPlaces: 6)
        falseNonMatchInterval = [missInterval.lower, missInterval.upper].map { $0.rounded(toPlaces: 6) }
        self.same = same.count
        self.different = different.count
        self.date = date.formatted(.iso8601.year().month().day())
    }
}

extension Calibration {
    /// Whether so many pairs of different people can show such a rate: one false match is at most that rate.
    ///
    /// - Throws: `invalidOption`, saying how many are needed.
    public static func check(falseMatchRate wanted: Double, different: Int) throws(DeepFaceError) {
        guard wanted > 0, wanted < 1 else {
            throw DeepFaceError(.invalidOption, "the false match rate \(wanted) is not above 0 and below 1")
        }
        let needed = (1 / wanted - 1e-9).rounded(.up)
        guard Double(different) >= needed else {
            throw DeepFaceError(
                .invalidOption,
                "a false match rate of \(wanted) needs at least \(String(format: "%.0f", needed)) pairs of different "
                    + "people with faces, and there are \(different)", advice: "add pairs, or ask for a larger rate")
        }
    }
}

extension Calibration: Codable {
    enum CodingKeys: String, CodingKey {
        case threshold, fmr, fnmr, same, different, pairs, date
        case metric = "similarity_metric"
        case wantedRate = "wanted_fmr"
        case falseMatchInterval = "fmr_interval"
        case falseNonMatchInterval = "fnmr_interval"
    }

    /// The recipe's keys and its own side by side.
    public func encode(to encoder: any Encoder) throws {
        try recipe.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(metric, forKey: .metric)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(wantedRate, forKey: .wantedRate)
        try container.encode(falseMatchRate, forKey: .fmr)
        try container.encode(falseMatchInterval, forKey: .falseMatchInterval)
        try container.encode(falseNonMatchRate, forKey: .fnmr)
        try container.encode(falseNonMatchInterval, forKey: .falseNonMatchInterval)
        try container.encode(same + different, forKey: .pairs)
        try container.encode(same, forKey: .same)
        try container.encode(different, forKey: .different)
        try container.encode(date, forKey: .date)
    }

    public init(from decoder: any Decoder) throws {
        recipe = try EmbeddingRecipe(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metric = try container.decode(DistanceMetric.self, forKey: .metric)
        threshold = try container.decode(Double.self, forKey: .threshold)
        wantedRate = try container.decode(Double.self, forKey: .wantedRate)
        falseMatchRate = try container.decode(Double.self, forKey: .fmr)
        falseMatchInterval = try container.decode([Double].self, forKey: .falseMatchInterval)
        falseNonMatchRate = try container.decode(Double.self, forKey: .fnmr)
        falseNonMatchInterval = try container.decode([Double].self, forKey: .falseNonMatchInterval)
        same = try container.decode(Int.self, forKey: .same)
        different = try container.decode(Int.self, forKey: .different)
        date = try container.decode(String.self, forKey: .date)
        guard threshold.isFinite, threshold >= 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .threshold, in: container, debugDescription: "the threshold \(threshold) is not a distance")
        }
    }
}
