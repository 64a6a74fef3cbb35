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
    /// - Parameter links: pairs of clusters, and the squared distance between their centers.
    /// - Returns: how often two became one.
    mutating func merge(along links: [Link]) -> Int {
        var neighbors: [UInt32: Set<UInt32>] = [:]
        for link in links {
            neighbors[link.one, default: []].insert(link.other)
            neighbors[link.other, default: []].insert(link.one)
        }
        var heap = MinimumHeap(
            links.map { candidate($0.one, $0.other, squared: $0.squared) })
        var count = 0
        while let next = heap.popLeast() {
            let (kept, gone) = (next.one, next.other)
            guard ages[Int(kept)] == next.oneAge, ages[Int(gone)] == next.otherAge,
                parents[Int(kept)] == kept, parents[Int(gone)] == gone
            else { continue }
            guard areOfOtherOrigins(kept, gone) else {
                neighbors[kept]?.remove(gone)
                neighbors[gone]?.remove(kept)
                continue
            }
            unite(Int(kept), Int(gone))
            count += 1
            for neighbor in neighbors[gone] ?? [] {
                neighbors[neighbor]?.remove(gone)
                if neighbor != kept {
                    neighbors[neighbor]?.insert(kept)
                    neighbors[kept]?.insert(neighbor)
                }
            }
            neighbors[gone] = nil
            let around = (neighbors[kept] ?? []).sorted()
            for (neighbor, squared) in zip(around, squaredDistances(from: kept, to: around)) {
                let candidate = candidate(min(kept, neighbor), max(kept, neighbor), squared: squared)
                if candidate.apart <= limit { heap.insert(candidate) }
            }
        }
        return count
    }

    private func candidate(_ one: UInt32, _ other: UInt32, squared: Float) -> Candidate {
        Candidate(
            apart: squared + spreads[Int(one)] + spreads[Int(other)], one: one, other: other, oneAge: ages[Int(one)],
            otherAge: ages[Int(other)])
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
    /// Two clusters that may become one.
    struct Link {
        /// The lower of their numbers, and the higher.
        let one, other: UInt32
        /// The squared distance between their centers.
        let squared: Float
    }

    /// Two clusters as they were at some time; of equally close ones, those with the lower numbers come first.
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
