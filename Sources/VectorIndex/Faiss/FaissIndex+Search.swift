extension FaissIndex {
    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet?
    ) throws(VectorIndexError) -> [[Neighbor]] {
        let values = try probes.comparable(metric, dimensions: dimensions)
        guard k > 0, count > 0, probes.count > 0 else { return Array(repeating: [], count: probes.count) }
        guard filter != nil || !deleted.isEmpty else {
            return try walk(values, count: probes.count, k: min(k, count)) { _ in true }
        }
        let allowed = ids.indices.filter { isAllowed($0, filter) }
        return try (0..<probes.count).map { (row) throws(VectorIndexError) in
            try search(Array(values[row * dimensions..<(row + 1) * dimensions]), k, filter, allowed)
        }
    }

    private func isAllowed(_ place: Int, _ filter: IDSet?) -> Bool {
        !deleted.contains(place) && (filter?.contains(ids[place]) ?? true)
    }

    /// Asks faiss, which knows of no filter, for more until enough of them are allowed. Where that would be most of the
    /// index, the allowed vectors are compared one by one.
    private func search(
        _ probe: [Float], _ k: Int, _ filter: IDSet?, _ allowed: [Int]
    ) throws(VectorIndexError) -> [Neighbor] {
        let wanted = min(k, allowed.count)
        guard wanted > 0 else { return [] }
        var asked = wanted * ids.count / allowed.count * 2 + 16
        while asked <= ids.count / 8 {
            let found = try walk(probe, count: 1, k: asked) { isAllowed($0, filter) }[0]
            if found.count >= wanted { return Array(found.prefix(wanted)) }
            asked *= 4
        }
        let distances = handle.distances(probe, to: allowed.map(Int64.init))
        return zip(allowed, distances).map { Neighbor(id: ids[$0], distance: metric.distance(squared: $1)) }.sorted()
            .prefix(wanted).map { $0 }
    }

    /// What faiss finds, less what is not allowed.
    private func walk(
        _ probes: [Float], count: Int, k: Int, _ isAllowed: (Int) -> Bool
    ) throws(VectorIndexError) -> [[Neighbor]] {
        let (distances, places) = try handle.search(probes, count: count, k: k, effort: max(effort, k))
        return (0..<count).map { row in
            (row * k..<(row + 1) * k).compactMap { slot in
                let place = Int(places[slot])
                guard place >= 0, isAllowed(place) else { return nil }
                return Neighbor(id: ids[place], distance: metric.distance(squared: distances[slot]))
            }.sorted()
        }
    }
}
