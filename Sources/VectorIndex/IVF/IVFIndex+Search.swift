import Foundation

extension IVFIndex {
    public func search(_ probes: VectorBatch, k: Int, filter: IDSet?) throws(VectorIndexError) -> [[Neighbor]] {
        try search(probes, k: k, filter: filter, effort: nil)
    }

    /// The vectors nearest to each probe, with an effort of the caller's.
    ///
    /// - Parameter effort: `nil`: the index's own. It is raised where it would find fewer than `k`.
    /// - Throws: `wrongShape`, `invalidVector`; `unreadable`, `damaged` when the disk fails.
    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet? = nil, effort: IVFEffort?
    ) throws(VectorIndexError) -> [[Neighbor]] {
        guard probes.count > 0 else { return [] }
        try probes.check(metric, dimensions: dimensions)
        guard k > 0, count > 0, let model else { return Array(repeating: [], count: probes.count) }
        let k = min(k, count)
        let points = probes.values.withUnsafeBufferPointer { model.rotated($0) }
        var found = [[Neighbor]](repeating: [], count: probes.count)
        let piece = min(16, max(1, probes.count / 8))
        let threads = probes.count == 1 ? 1 : threads
        try found.withUnsafeMutableBufferPointer { (found) throws(VectorIndexError) in
            nonisolated(unsafe) let found = found
            try Parallel.tryRun((probes.count + piece - 1) / piece, threads: threads) {
                (part) throws(VectorIndexError) in
                let searcher = IVFSearcher(self, model: model)
                for row in part * piece..<min(probes.count, (part + 1) * piece) {
                    let point = Array(points[row * model.width..<(row + 1) * model.width])
                    found[row] = try searcher.search(point, k: k, filter: filter, effort: effort ?? self.effort)
                }
            }
        }
        return found
    }
}
