import Foundation
import VectorIndex

extension Gallery {
    /// A face and its distance, six decimals.
    struct Found {
        let row: Int
        let distance: Double
    }

    /// The faces nearest to each probe by `metric`, nearest first and equals by their rows.
    ///
    /// The index says which faces can be among them; distances are those that `verify` gives.
    ///
    /// - Parameters:
    ///   - threshold: none farther away than this.
    ///   - limit: as many at most; `nil`: all.
    ///   - filter: only these faces; `nil`: all.
    /// - Throws: `invalidEmbedding`.
    func nearest(
        to probes: [[Float]], _ metric: DistanceMetric, within threshold: Double?, limit: Int?,
        among filter: IDSet? = nil
    ) throws(DeepFaceError) -> [[Found]] {
        let count = filter?.count ?? faceCount
        let dimensions = options.model.dimensions
        if let probe = probes.first(where: { $0.count != dimensions }) {
            throw DeepFaceError(
                .invalidEmbedding, "an embedding of \(probe.count) numbers is none of \(options.model.name)",
                advice: "use the gallery's model for the probe")
        }
        guard count > 0, !probes.isEmpty else { return probes.map { _ in [] } }
        let index = try index(metric.indexed)
        var results: [[Found]] = probes.map { _ in [] }
        var open = Array(probes.indices)
        // Most faces have few matches.
        var k = threshold == nil && limit == nil ? count : min(count, min(count, limit ?? 16) + 16)
        while !open.isEmpty {
            let rows: [[Neighbor]]
            do throws(VectorIndexError) {
                rows = try index.search(VectorBatch(open.map { probes[$0] }), k: k, filter: filter)
            } catch {
                throw DeepFaceError(.invalidEmbedding, error.message)
            }
            var wider: [Int] = []
            for (probe, neighbors) in zip(open, rows) {
                var found: [Found] = []
                for neighbor in neighbors {
                    let row = Int(neighbor.id)
                    let distance = try metric.roundedDistance(probes[probe], file.embedding(row))
                    if distance <= threshold ?? .infinity { found.append(Found(row: row, distance: distance)) }
                }
                found.sort { ($0.distance, $0.row) < ($1.distance, $1.row) }
                if let limit { found = Array(found.prefix(limit)) }
                let farthest = found.count == limit ? found.last?.distance : nil
                results[probe] = found
                // Whatever the index did not give is at least as far away as the last that it gave.
                if k < count, let last = neighbors.last,
                    metric.least(last.distance, probes[probe]) <= min(threshold ?? .infinity, farthest ?? .infinity)
                {
                    wider.append(probe)
                }
            }
            open = wider
            k = min(count, 4 * k)
        }
        return results
    }

    /// The gallery's own index, or one that is made when it is first needed and stays.
    private func index(_ metric: VectorMetric) throws(DeepFaceError) -> FlatIndex {
        if file.index.metric == metric { return file.index }
        return try others.withLock { others throws(DeepFaceError) in
            if let index = others[metric] { return index }
            do throws(VectorIndexError) {
                let index = try file.index(metric)
                others[metric] = index
                return index
            } catch {
                throw DeepFaceError(.invalidEmbedding, error.message, input: url.path)
            }
        }
    }
}
