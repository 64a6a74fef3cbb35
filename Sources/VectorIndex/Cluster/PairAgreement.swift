/// How well clusters agree with the truth, counted in pairs: two vectors are together or they are not.
public struct PairAgreement: Sendable, Equatable {
    /// Pairs that are together in both, in the clusters, and in truth.
    public let shared, found, actual: Int

    /// - Precondition: both name as many vectors.
    public init(_ clusters: [Int], truth: [Int]) {
        precondition(clusters.count == truth.count, "each vector is in a cluster and of a truth")
        let both: [[Int]] = zip(clusters, truth).map { [$0, $1] }
        shared = Self.pairs(both)
        (found, actual) = (Self.pairs(clusters), Self.pairs(truth))
    }

    /// Pairs of equals.
    private static func pairs<Label: Hashable>(_ labels: [Label]) -> Int {
        var counts: [Label: Int] = [:]
        for label in labels { counts[label, default: 0] += 1 }
        var pairs = 0
        for count in counts.values { pairs += count * (count - 1) / 2 }
        return pairs
    }

    /// The share of the found pairs that are true.
    public var precision: Double { found == 0 ? 1 : Double(shared) / Double(found) }
    /// The share of the true pairs that are found.
    public var recall: Double { actual == 0 ? 1 : Double(shared) / Double(actual) }
    /// The harmonic mean of both.
    public var f1: Double { found + actual == 0 ? 1 : 2 * Double(shared) / Double(found + actual) }
}

extension VectorClusters {
    /// The number of each row's cluster; rows in none have a number of their own.
    public var labels: [Int] {
        var labels = [Int](repeating: -1, count: clusters.reduce(rest.count) { $0 + $1.count })
        for (number, rows) in clusters.enumerated() {
            for row in rows { labels[row] = number }
        }
        for (place, row) in rest.enumerated() { labels[row] = clusters.count + place }
        return labels
    }
}
