/// How well clusters agree with the truth, counted in pairs: two vectors are together or they are not.
public struct PairAgreement: Sendable, Equatable {
    /// Pairs that are together in both, in the clusters, and in truth.
    public let shared, found, actual: Int

    /// - Precondition: both name as many vectors.
    public init(_ clusters: [Int], truth: [Int]) {
        precondition(clusters.count == truth.count, "each vector is in a cluster and of a truth")
        func pairs(_ labels: some Sequence<some Hashable>) -> Int {
            Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +).values.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
        }
        shared = pairs(zip(clusters, truth).map { [$0, $1] })
        (found, actual) = (pairs(clusters), pairs(truth))
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
