import Foundation

/// A graph of neighbours, walked towards the probe: hierarchical navigable small worlds (Malkov and Yashunin, 2016).
///
/// It keeps vectors in memory as they are, finds in the order of log N steps, and takes vectors one by one as well as
/// many at once. Deleted vectors are ways, not results, until the index is saved: then they are gone.
public struct HNSWIndex: VectorIndex {
    public static let kind = IndexKind.hnsw

    public var dimensions: Int { graph.dimensions }
    public let metric: VectorMetric
    public var count: Int { ids.count - deleted.count }

    /// How many vectors a walk keeps in sight: more find better and take longer. 64 until `calibrate` sets it.
    public var effort = 64

    var graph: HNSWGraph
    /// Of each place; where there are deleted ones, an id may come again.
    var ids: [Int64] = []
    var living: Set<Int64> = []
    /// Places of deleted vectors.
    var deleted: Set<Int> = []

    /// An empty index.
    ///
    /// - Parameters:
    ///   - links: neighbours a vector has at most (twice as many on the lowest level), 2 to 256: more find better, and
    ///     take memory (8 bytes each a vector) and time.
    ///   - construction: how many vectors are looked at to find neighbours for a new one, up to 10,000.
    /// - Throws: `invalidSetting`; `wrongShape` when there are no dimensions, or more than 65,536.
    public init(
        dimensions: Int, metric: VectorMetric, links: Int = 16, construction: Int = 100
    ) throws(VectorIndexError) {
        guard (1...65536).contains(dimensions) else {
            throw VectorIndexError(.wrongShape, "an index has 1 to 65536 dimensions, not \(dimensions)")
        }
        guard (2...256).contains(links), (links...10_000).contains(construction) else {
            throw VectorIndexError(
                .invalidSetting,
                "a graph has 2 to 256 links and looks at so many to 10000, not \(links), \(construction)")
        }
        self.metric = metric
        graph = HNSWGraph(dimensions: dimensions, links: links, construction: construction)
    }

    init(metric: VectorMetric, graph: HNSWGraph, ids: [Int64], effort: Int) {
        (self.metric, self.graph, self.ids, self.effort) = (metric, graph, ids, effort)
        living = Set(ids)
    }

    public mutating func add(_ vectors: VectorBatch, ids new: [Int64]) throws(VectorIndexError) {
        let prepared = try vectors.comparable(metric, dimensions: dimensions)
        let added = try vectors.newIDs(new, besides: living)
        guard ids.count + new.count < Int(Int32.max) else {
            throw VectorIndexError(.invalidSetting, "a graph holds 2,147,483,646 vectors at most")
        }
        graph.append(prepared)
        ids += new
        living.formUnion(added)
    }

    @discardableResult
    public mutating func delete(_ gone: IDSet) throws(VectorIndexError) -> Int {
        let before = deleted.count
        for (place, id) in ids.enumerated() where gone.contains(id) {
            deleted.insert(place)
            living.remove(id)
        }
        return deleted.count - before
    }

    /// Sets `effort` to the least that finds `recall` of the `k` nearest, as measured on the vectors themselves.
    ///
    /// The probes are not in the index: each lies as far from a stored vector as its nearest neighbour does, on the
    /// other side.
    ///
    /// - Parameters:
    ///   - recall: above 0 and at most 1.
    ///   - k: as many as searches will ask for.
    ///   - probes: how many to measure with; each is compared with every vector.
    /// - Returns: what was reached, which is less than `recall` where nothing short of comparing all would do.
    @discardableResult
    public mutating func calibrate(
        recall: Double = 0.99, k: Int = 10, probes: Int = 100
    ) throws(VectorIndexError) -> Double {
        guard recall > 0, recall <= 1, k > 0, probes > 0 else {
            throw VectorIndexError(.invalidSetting, "a recall of \(recall) among \(k), by \(probes) probes")
        }
        guard count > k else { return 1 }
        let places = ids.indices.filter { !deleted.contains($0) }
        let tests = (0..<min(probes, places.count)).map { number in
            let row = graph.row(places[number * places.count / min(probes, places.count)])
            let other = scan(row, places).dropFirst().first.map { graph.row($0.place) } ?? row
            let probe = zip(row, other).map { 2 * $0 - $1 }
            return (probe, nearest: Set(scan(probe, places).prefix(k).map(\.place)))
        }
        var reached = 0.0
        effort = k
        while true {
            let found = tests.reduce(0) { sum, test in
                sum + walk(test.0, effort: effort).prefix(k).count { test.nearest.contains($0.place) }
            }
            reached = Double(found) / Double(tests.count * k)
            guard reached < recall, effort < min(10_000, ids.count) else { return reached }
            effort += max(4, effort / 4)
        }
    }
}
