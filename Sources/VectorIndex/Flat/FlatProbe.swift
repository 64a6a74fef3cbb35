import CVectorScan

/// One probe on its way through an index: what may still be among its nearest, and what is.
struct FlatProbe {
    private let index: FlatIndex
    private let probe: [Float]
    private let filter: IDSet?
    /// Nothing is filtered and nothing was deleted.
    let allCount: Bool
    private var nearest: NearestHeap
    /// What `looked` met: a vector nearer than its bound allows, so one of the two is damaged.
    private(set) var isInconsistent = false

    // Against codes.
    let codes: [Int8]
    private(set) var coded = cvectorscan_nibble_probe()
    private let squaredLength: Double
    /// Rows that may be among the nearest: the bound, so that numbers are ordered as bounds are, and the row.
    private var pending: [UInt64] = []
    private var pendingLimit: Int

    /// - Parameter againstCodes: whether the index's codes will be scanned for it.
    init(_ probe: [Float], in index: FlatIndex, k: Int, filter: IDSet?, againstCodes: Bool = true) {
        (self.probe, self.index, self.filter) = (probe, index, filter)
        allCount = filter == nil && index.table.deletedCount == 0
        nearest = NearestHeap(k)
        pendingLimit = max(2048, 4 * k)
        guard againstCodes, let stored = index.codes else {
            (codes, squaredLength) = ([], 0)
            return
        }
        var rotated = probe
        NibbleCodes.subtract(stored.mean, from: &rotated)
        stored.rotation.apply(to: &rotated)
        let dimensions = index.dimensions
        var (result, error): (cvectorscan_nibble_probe, Float) = (coded, 0)
        codes = [Int8](unsafeUninitializedCapacity: (dimensions + 7) / 8 * 8) { codes, count in
            count = (dimensions + 7) / 8 * 8
            error = cvectorscan_nibble_code_probe(rotated, dimensions, codes.baseAddress, &result)
        }
        coded = result
        squaredLength = rotated.reduce(0) { $0 + Double($1) * Double($1) }
        // Room for the rounding of sums, and for what a probe's codes lose beyond what each vector's bound allows for.
        let lengths = Double(coded.length + stored.longest)
        let rounding = (Double(dimensions) / 16 + 64) * 0x1p-23
        coded.slack = Float(
            rounding * lengths * lengths
                + Double(max(0, error - 0.01 * coded.length)) * 2 * Double(stored.longest))
        coded.threshold = -.infinity
    }

    /// Takes the rows that a scan found.
    mutating func take(_ rows: UnsafePointer<UInt32>, _ bounds: UnsafePointer<Float>, count: Int) {
        for place in 0..<count where allCount || counts(Int(rows[place])) {
            pending.append(UInt64(Self.order(bounds[place])) << 32 | UInt64(rows[place]))
        }
        guard pending.count >= pendingLimit else { return }
        look(at: max(64, pendingLimit / 16))
        pendingLimit = max(pendingLimit, 2 * pending.count)
    }

    /// Looks at what is pending, the most promising first, until nothing pending can be among the nearest.
    mutating func finish() -> [Neighbor] {
        var some = 128
        while !pending.isEmpty {
            look(at: some)
            some *= 2
        }
        return nearest.sorted
    }

    /// Looks at rows themselves, those that count.
    mutating func look(at all: Range<Int>) {
        var start = all.lowerBound
        while start < all.upperBound {
            let stop = min(start + 1024, all.upperBound)
            compare((start..<stop).filter { allCount || counts($0) }.map { UInt32($0) })
            start = stop
        }
    }

    var result: [Neighbor] { nearest.sorted }

    /// Looks at rows themselves, ascending, those that count.
    mutating func look(at some: [UInt32]) {
        compare(allCount ? some : some.filter { counts(Int($0)) })
    }

    /// Whether a row may be found.
    func counts(_ row: Int) -> Bool {
        !index.table.isDeleted(row) && filter?.contains(index.table.ids[row]) ?? true
    }

    /// Looks at the `some` most promising of the pending rows, and drops those that cannot be among the nearest any more.
    private mutating func look(at some: Int) {
        let rest = max(0, pending.count - some)
        pending.partition(at: rest)
        let chosen = pending[rest...].sorted { UInt32(truncatingIfNeeded: $0) < UInt32(truncatingIfNeeded: $1) }
        pending.removeLast(pending.count - rest)
        let bounds = compare(chosen.map { UInt32(truncatingIfNeeded: $0) })
        for (key, squared) in zip(chosen, bounds) {
            let similarity = Float((squaredLength - Double(squared)) / 2)
            // The negation holds for a distance that is no number, too.
            if !(Self.order(similarity) <= UInt32(key >> 32)) { isInconsistent = true }
        }
        guard let limit = nearest.limit else { return }
        // A little lower than the farthest of the nearest, so that its equals are looked at too.
        let squared = index.squared(limit.distance)
        let similarity = (squaredLength - squared) / 2
        coded.threshold = Float(similarity - 1e-6 * (squaredLength + squared) - 1e-30)
        let lowest = UInt64(Self.order(coded.threshold)) << 32
        pending.removeAll { $0 < lowest }
    }

    /// Compares rows, ascending, with the probe.
    ///
    /// - Returns: their squared distances.
    @discardableResult
    private mutating func compare(_ which: [UInt32]) -> [Float] {
        let squared = [Float](unsafeUninitializedCapacity: which.count) { squared, count in
            which.withUnsafeBufferPointer {
                index.rows.squaredDistances(from: probe, to: $0, into: squared.baseAddress!)
            }
            count = which.count
        }
        for (row, squared) in zip(which, squared) {
            let distance = index.distance(squared)
            if let limit = nearest.limit, distance > limit.distance { continue }
            nearest.insert(Neighbor(id: index.table.ids[Int(row)], distance: distance))
        }
        return squared
    }

    /// Numbers in the order of floats.
    private static func order(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }
}

extension FlatIndex {
    /// The distance of the metric from a squared euclidean one.
    func distance(_ squared: Float) -> Float { metric == .cosine ? squared / 2 : squared.squareRoot() }

    /// The squared euclidean distance from one of the metric.
    func squared(_ distance: Float) -> Double {
        metric == .cosine ? 2 * Double(distance) : Double(distance) * Double(distance)
    }
}

extension Array where Element == UInt64 {
    /// Orders just so much that none before `place` is above any from there on.
    fileprivate mutating func partition(at place: Int) {
        withUnsafeMutableBufferPointer { values in
            var (low, high) = (0, values.count - 1)
            while low < high {
                let pivot = values[(low + high) / 2]
                var (left, right) = (low, high)
                while left <= right {
                    while values[left] < pivot { left += 1 }
                    while values[right] > pivot { right -= 1 }
                    if left <= right {
                        values.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                }
                if place <= right {
                    high = right
                } else if place >= left {
                    low = left
                } else {
                    return
                }
            }
        }
    }
}
