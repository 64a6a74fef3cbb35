import CVectorScan

/// Clusters on their way: at first a vector each, then two at a time become one, the closest first.
///
/// How close two are is the mean of the squared distances between a vector of one and a vector of the other. It follows
/// from their centers and spreads, without a look at the vectors: |a − b|² + spread(a) + spread(b).
struct Agglomeration {
    private let dimensions: Int
    /// The largest mean of squared distances between two that become one.
    private let limit: Float
    /// The mean of each cluster's vectors, row by row; rows of clusters that went into others mean nothing.
    private(set) var centers: [Float]
    /// The mean squared distance of each cluster's vectors from its center.
    private var spreads: [Float]
    private var sizes: [Float]
    /// The cluster that each went into, or itself.
    private var parents: [UInt32]
    /// How often each has grown: what was said of a smaller one holds no longer.
    private var ages: [UInt32]
    /// Where the vectors of each cluster come from. Two of one origin are never in one cluster.
    private var origins: [Set<Int>]

    /// - Parameter origins: of each vector; `nil`: no two of one.
    init(_ vectors: [Float], dimensions: Int, origins: [Int]?, limit: Float) {
        (self.dimensions, self.limit, centers) = (dimensions, limit, vectors)
        let count = vectors.count / dimensions
        spreads = [Float](repeating: 0, count: count)
        sizes = [Float](repeating: 1, count: count)
        parents = (0..<UInt32(count)).map(\.self)
        ages = [UInt32](repeating: 0, count: count)
        self.origins = origins?.map { Set([$0]) } ?? [Set<Int>](repeating: [], count: count)
    }

    /// Clusters that went into no other, ascending.
    var roots: [UInt32] { parents.indices.filter { parents[$0] == $0 }.map(UInt32.init) }

    /// The cluster that each vector is in.
    var assignment: [Int] {
        // A cluster goes into one with a lower number.
        var roots: [Int] = []
        for (row, parent) in parents.enumerated() { roots.append(Int(parent) == row ? row : roots[Int(parent)]) }
        return roots
    }

    func center(_ cluster: Int) -> [Float] {
        Array(centers[cluster * dimensions..<(cluster + 1) * dimensions])
    }

    /// Whether two clusters, of which the squared distance between centers is known, may become one.
    func admits(_ one: UInt32, _ other: UInt32, squared: Float) -> Bool {
        squared + spreads[Int(one)] + spreads[Int(other)] <= limit && areOfOtherOrigins(one, other)
    }

    /// Lets clusters become one as long as two that a link joins are close enough.
    ///
    /// Each cluster stands in line with the closest that it is linked to. Those that grow only move away from the rest,
    /// so when its turn comes and the other has grown, it looks again.
    ///
    /// - Returns: how often two became one.
    mutating func merge(along links: [Link]) -> Int {
        var neighbors: [UInt32: Set<UInt32>] = [:]
        for link in links {
            neighbors[link.one, default: []].insert(link.other)
            neighbors[link.other, default: []].insert(link.one)
        }
        var line = MinimumHeap(neighbors.keys.sorted().compactMap { closest(to: $0, &neighbors) })
        var count = 0
        while let next = line.popLeast() {
            // Who has grown stands in line anew already.
            guard stands(next.one, next.oneAge) else { continue }
            guard stands(next.other, next.otherAge) else {
                if let again = closest(to: next.one, &neighbors) { line.insert(again) }
                continue
            }
            let (kept, gone) = (min(next.one, next.other), max(next.one, next.other))
            unite(Int(kept), Int(gone))
            count += 1
            for neighbor in neighbors.removeValue(forKey: gone) ?? [] {
                neighbors[neighbor]?.remove(gone)
                if neighbor != kept {
                    neighbors[neighbor]?.insert(kept)
                    neighbors[kept]?.insert(neighbor)
                }
            }
            if let again = closest(to: kept, &neighbors) { line.insert(again) }
        }
        return count
    }

    private func stands(_ cluster: UInt32, _ age: UInt32) -> Bool {
        parents[Int(cluster)] == cluster && ages[Int(cluster)] == age
    }

    /// The closest of those that a cluster is linked to, if it may become one with it; links to those that it never may
    /// become one with are taken away.
    private func closest(to cluster: UInt32, _ neighbors: inout [UInt32: Set<UInt32>]) -> Candidate? {
        var around = (neighbors[cluster] ?? []).sorted()
        var apart = squaredDistances(from: cluster, to: around)
        for place in around.indices { apart[place] += spreads[Int(cluster)] + spreads[Int(around[place])] }
        while let place = apart.indices.min(by: { apart[$0] < apart[$1] }), apart[place] <= limit {
            let other = around[place]
            if areOfOtherOrigins(cluster, other) {
                return Candidate(
                    apart: apart[place], one: cluster, other: other, oneAge: ages[Int(cluster)],
                    otherAge: ages[Int(other)])
            }
            neighbors[cluster]?.remove(other)
            neighbors[other]?.remove(cluster)
            around.remove(at: place)
            apart.remove(at: place)
        }
        return nil
    }

    private func areOfOtherOrigins(_ one: UInt32, _ other: UInt32) -> Bool {
        let (a, b) = (origins[Int(one)], origins[Int(other)])
        return a.count < b.count ? a.isDisjoint(with: b) : b.isDisjoint(with: a)
    }

    private mutating func unite(_ kept: Int, _ gone: Int) {
        let total = sizes[kept] + sizes[gone]
        let (mine, its) = (sizes[kept] / total, sizes[gone] / total)
        var squared: Float = 0
        for place in 0..<dimensions {
            let (a, b) = (centers[kept * dimensions + place], centers[gone * dimensions + place])
            squared += (a - b) * (a - b)
            centers[kept * dimensions + place] = mine * a + its * b
        }
        spreads[kept] = mine * spreads[kept] + its * spreads[gone] + mine * its * squared
        sizes[kept] = total
        parents[gone] = UInt32(kept)
        ages[kept] += 1
        var (all, fewer) = (origins[kept], origins[gone])
        (origins[kept], origins[gone]) = ([], [])
        if all.count < fewer.count { swap(&all, &fewer) }
        all.formUnion(fewer)
        origins[kept] = all
    }

    private func squaredDistances(from cluster: UInt32, to others: [UInt32]) -> [Float] {
        [Float](unsafeUninitializedCapacity: others.count) { result, count in
            cvectorscan_l2_f32(
                cvectorscan_level(), center(Int(cluster)), dimensions, centers, others, others.count,
                result.baseAddress)
            count = others.count
        }
    }
}

extension Agglomeration {
    /// Two clusters that may become one: the lower of their numbers, and the higher.
    struct Link {
        let one, other: UInt32
    }

    /// A cluster and its closest, as they were at some time; of equally close ones, those with the lower numbers come
    /// first.
    private struct Candidate: Comparable {
        let apart: Float
        let one, other: UInt32
        let oneAge, otherAge: UInt32

        static func < (a: Candidate, b: Candidate) -> Bool {
            if a.apart != b.apart { return a.apart < b.apart }
            return a.one != b.one ? a.one < b.one : a.other < b.other
        }
    }
}
