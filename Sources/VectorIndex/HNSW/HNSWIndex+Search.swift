import Dispatch
import Synchronization

extension HNSWIndex {
    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet?
    ) throws(VectorIndexError) -> [[Neighbor]] {
        let values = try probes.comparable(metric, dimensions: dimensions)
        guard k > 0, count > 0, probes.count > 0 else { return Array(repeating: [], count: probes.count) }
        let allowed = allowedCount(filter)
        let one = { @Sendable (row: Int) in
            search(Array(values[row * dimensions..<(row + 1) * dimensions]), k, filter, allowed)
        }
        guard probes.count > 1 else { return [one(0)] }
        let found = Mutex([[Neighbor]](repeating: [], count: probes.count))
        DispatchQueue.concurrentPerform(iterations: probes.count) { row in
            let result = one(row)
            found.withLock { $0[row] = result }
        }
        return found.withLock { $0 }
    }

    /// How many vectors may be found, from a sample of them where there are many.
    private func allowedCount(_ filter: IDSet?) -> Int {
        guard filter != nil else { return count }
        let sample = stride(from: 0, to: ids.count, by: max(1, ids.count / 1024))
        return sample.count { isAllowed($0, filter) } * ids.count / sample.underestimatedCount
    }

    private func isAllowed(_ place: Int, _ filter: IDSet?) -> Bool {
        !deleted.contains(place) && (filter?.contains(ids[place]) ?? true)
    }

    /// The fewer are allowed, the more are walked past; where that would be a good part of the index, and where a walk
    /// finds too few, all that are allowed are compared.
    private func search(_ probe: [Float], _ k: Int, _ filter: IDSet?, _ allowed: Int) -> [Neighbor] {
        let own = min(max(effort, k), ids.count)
        // Both are below 2³¹.
        let walked = own * ids.count / max(1, allowed)
        if allowed > 0, walked <= max(ids.count / 16, 4 * own) {
            let found = walk(probe, effort: walked).filter { isAllowed($0.place, filter) }
            if found.count >= k { return result(found, k) }
        }
        return result(scan(probe, ids.indices.filter { isAllowed($0, filter) }), k)
    }

    /// Places and squared distances, nearest first.
    func walk(_ probe: [Float], effort: Int) -> [(place: Int, squared: Float)] {
        graph.nearest(to: probe, effort: effort).map { (Int($0.place), $0.distance) }
    }

    /// All of these places, nearest first.
    func scan(_ probe: [Float], _ places: [Int]) -> [(place: Int, squared: Float)] {
        graph.distances(from: probe, to: places.map(UInt32.init)).sorted(by: HNSWGraph.nearer)
            .map { (Int($0.place), $0.distance) }
    }

    private func result(_ found: [(place: Int, squared: Float)], _ k: Int) -> [Neighbor] {
        Array(
            found.map { Neighbor(id: ids[$0.place], distance: metric.distance(squared: $0.squared)) }.sorted()
                .prefix(k))
    }
}
