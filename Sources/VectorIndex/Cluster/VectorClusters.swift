/// Vectors grouped by their nearness: average linkage along the graph of nearest neighbours, in rounds.
///
/// In a round each cluster (at first each vector) looks for its nearest by an exact search of all at once; then pairs
/// become one, the closest first, while the mean of the squared distances between their vectors stays within the
/// settings' distance. Rounds go on until one changes nothing, so that a cluster whose vectors have their neighbours
/// only among each other (a burst of photos) finds the rest of its like by its center. A vector between two groups joins
/// one of them and does not chain them together, since all vectors of both count.
///
/// The same vectors give the same clusters in whatever order they come.
public struct VectorClusters: Sendable, Equatable {
    /// The rows of each cluster, ascending; the largest cluster first, of equals that with the lowest row.
    public let clusters: [[Int]]
    /// The mean of each cluster's vectors (of unit length, for the cosine).
    public let centers: [[Float]]
    /// Rows in no cluster, ascending.
    public let rest: [Int]

    /// - Parameters:
    ///   - origins: a number for each vector; two of the same number are never put together. `nil`: any two may be.
    ///   - progress: hears which share of the work is done, about; what it throws ends the work.
    /// - Throws: `wrongShape`, `invalidVector`, `invalidSetting`; what `progress` throws.
    public init(
        _ vectors: VectorBatch, origins: [Int]? = nil, metric: VectorMetric, _ settings: ClusterSettings,
        progress: (Double) throws(VectorIndexError) -> Void = { _ in }
    ) throws(VectorIndexError) {
        try settings.check()
        if let origins, origins.count != vectors.count {
            throw VectorIndexError(.wrongShape, "there are \(vectors.count) vectors and \(origins.count) origins")
        }
        guard vectors.count > 0 else {
            (clusters, centers, rest) = ([], [], [])
            return
        }
        guard vectors.count < UInt32.max else {
            throw VectorIndexError(.invalidSetting, "4 billion vectors at most are put into clusters")
        }
        let values = try vectors.comparable(metric, dimensions: vectors.dimensions)
        let order = Self.order(values, dimensions: vectors.dimensions, origins)
        var sorted: [Float] = []
        sorted.reserveCapacity(values.count)
        for row in order { sorted += values[row * vectors.dimensions..<(row + 1) * vectors.dimensions] }
        var agglomeration = Agglomeration(
            sorted, dimensions: vectors.dimensions, origins: origins.map { origins in order.map { origins[$0] } },
            limit: settings.limit(metric))
        var round = 0
        while true {
            let links = try agglomeration.links(dimensions: vectors.dimensions, settings) {
                (done) throws(VectorIndexError) in
                try progress(round == 0 ? 0.7 * done : 1 - 0.3 / Double(round + 1))
            }
            if agglomeration.merge(along: links) == 0 { break }
            round += 1
        }
        var members: [Int: [Int]] = [:]
        for (row, root) in agglomeration.assignment.enumerated() { members[root, default: []].append(order[row]) }
        var large: [(root: Int, rows: [Int])] = []
        for (root, rows) in members where rows.count >= settings.leastSize { large.append((root, rows.sorted())) }
        large.sort { one, other in (-one.rows.count, one.rows[0]) < (-other.rows.count, other.rows[0]) }
        clusters = large.map(\.rows)
        centers = large.map { agglomeration.center($0.root) }
        rest = members.values.filter { $0.count < settings.leastSize }.flatMap(\.self).sorted()
        try progress(1)
    }

    /// The rows, ordered by what their vectors are.
    private static func order(_ values: [Float], dimensions: Int, _ origins: [Int]?) -> [Int] {
        values.withUnsafeBufferPointer { values in
            (0..<values.count / dimensions).sorted { one, other in
                for place in 0..<dimensions {
                    let (a, b) = (values[one * dimensions + place], values[other * dimensions + place])
                    if a != b { return a < b }
                }
                let (a, b) = (origins?[one] ?? 0, origins?[other] ?? 0)
                return a != b ? a < b : one < other
            }
        }
    }
}

extension Agglomeration {
    /// Probes that are searched for at a time.
    private static let portion = 4096

    /// The links between clusters and their nearest that may become one.
    fileprivate func links(
        dimensions: Int, _ settings: ClusterSettings, progress: (Double) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) -> [Link] {
        let roots = roots
        guard roots.count > 1 else { return [] }
        var values: [Float] = []
        values.reserveCapacity(roots.count * dimensions)
        for root in roots { values += centers[Int(root) * dimensions..<(Int(root) + 1) * dimensions] }
        var index = FlatIndex(dimensions: dimensions, metric: .euclidean)
        index.threads = settings.threads
        try index.add(VectorBatch(dimensions: dimensions, values: values), ids: (0..<Int64(roots.count)).map(\.self))
        var links: [Link] = []
        for start in stride(from: 0, to: roots.count, by: Self.portion) {
            let end = min(start + Self.portion, roots.count)
            let probes = VectorBatch(
                dimensions: dimensions, values: Array(values[start * dimensions..<end * dimensions]))
            let found = try index.search(probes, k: settings.neighbors + 1)
            for (row, neighbors) in zip(start..<end, found) {
                for neighbor in neighbors where Int(neighbor.id) != row {
                    let (one, other) = (roots[min(row, Int(neighbor.id))], roots[max(row, Int(neighbor.id))])
                    let squared = neighbor.distance * neighbor.distance
                    guard admits(one, other, squared: squared) else { continue }
                    links.append(Link(one: one, other: other))
                }
            }
            try progress(Double(end) / Double(roots.count))
        }
        return links
    }
}
