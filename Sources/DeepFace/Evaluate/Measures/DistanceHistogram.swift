/// How often each distance occurs, for pairs of one person and of different people.
public struct DistanceHistogram: Sendable, Equatable, Encodable {
    /// Width of a bin; the first begins at 0.
    public let width: Double
    /// Pairs in each bin.
    public let same, different: [Int]

    /// `bins` bins up to the largest distance. Pairs without a distance are left out.
    package init(_ scores: [PairScore], bins: Int = 40) {
        let largest = scores.compactMap(\.distance).max() ?? 0
        let width = largest > 0 ? largest / Double(bins) : 1 / Double(bins)
        func counts(same: Bool) -> [Int] {
            scores.reduce(into: Array(repeating: 0, count: bins)) { counts, score in
                guard score.same == same, let distance = score.distance else { return }
                counts[min(bins - 1, Int(distance / width))] += 1
            }
        }
        self.width = width
        same = counts(same: true)
        different = counts(same: false)
    }
}
