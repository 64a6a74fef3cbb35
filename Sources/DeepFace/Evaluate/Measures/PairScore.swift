/// A labelled pair and how far apart its photos are.
public struct PairScore: Sendable, Equatable {
    public let same: Bool
    /// Six decimals; `nil` where a photo has no face. Such a pair is never taken for one person.
    public let distance: Double?
    /// The part it is in when accuracy is measured part by part.
    public let fold: Int
    /// Of the worse of the two faces that were compared; `nil` where it was not measured.
    public var quality: Double?

    public init(same: Bool, distance: Double?, fold: Int = 1) {
        (self.same, self.distance, self.fold) = (same, distance, fold)
    }

    /// Whether it is taken for one person.
    package func isAccepted(at threshold: Double) -> Bool { distance.map { $0 <= threshold } ?? false }

    /// Whether the verdict is the truth.
    package func isRight(at threshold: Double) -> Bool { isAccepted(at: threshold) == same }
}

extension [PairScore] {
    /// The share of right verdicts, 0 to 1.
    func accuracy(at threshold: Double) -> Double {
        Double(count { $0.isRight(at: threshold) }) / Double(Swift.max(1, count))
    }
}

/// A threshold between two distances, on the six decimals that distances have, so that written out it gives the same
/// verdicts: the lower of them is accepted, the higher is not.
func thresholdBetween(_ lower: Double, _ upper: Double) -> Double {
    Swift.max(lower, ((lower + upper) / 2 * 1e6 + 1e-3).rounded(.down) / 1e6)
}
