import CVectorScan
import Foundation

/// Measures on stored vectors how far to look: each is searched for among the others with much effort, and it is noted
/// in which list, and how far down by its code, what was found would have come up.
struct IVFCalibration {
    let index: IVFIndex
    let model: IVFModel
    let source: any VectorSource

    /// Vectors searched for.
    private static let probes = 1000

    /// The least effort that finds the `neighbors` nearest of as many probes as the settings' `recall` asks for.
    func effort() throws(VectorIndexError) -> IVFEffort {
        let settings = index.settings
        let all = IVFEffort(lists: model.lists, candidates: 200)
        guard source.count > 1000 else { return all }
        let count = min(Self.probes, source.count / 10)
        let rows = (0..<count).map { $0 * (source.count / count) }
        var generous = IVFEffort(
            lists: min(model.lists, max(256, model.lists / 16)), candidates: max(400, 20 * settings.neighbors))
        // Half of what may be missed is missed for either reason.
        let part = 1 - (1 - settings.recall) / 2
        while true {
            let places = try places(rows, generous)
            let lists = Self.quantile(part, of: places.flatMap(\.lists))
            let candidates = Self.quantile(part, of: places.flatMap(\.codes))
            // Where many come up late, some come up later still.
            if 4 * candidates > generous.candidates, generous.candidates < max(2000, 50 * settings.neighbors) {
                generous.candidates *= 5
                continue
            }
            return IVFEffort(
                lists: min(model.lists, lists + 1), candidates: max(candidates + 1, 2 * settings.neighbors, 10))
        }
    }

    /// Where the neighbours of these rows come up.
    private func places(_ rows: [Int], _ effort: IVFEffort) throws(VectorIndexError) -> [IVFSearcher.Places] {
        var all = [IVFSearcher.Places](repeating: .init(), count: rows.count)
        try all.withUnsafeMutableBufferPointer { (all) throws(VectorIndexError) in
            nonisolated(unsafe) let all = all
            try Parallel.tryRun(rows.count, threads: index.settings.threads) { (n) throws(VectorIndexError) in
                let (vector, ids) = try source.read(rows: rows[n]..<rows[n] + 1)
                let point = vector.values.withUnsafeBufferPointer { model.rotated($0) }
                all[n] = try IVFSearcher(index, model: model).places(
                    of: index.settings.neighbors, near: point, except: ids[0], effort: effort)
            }
        }
        return all
    }

    private static func quantile(_ part: Double, of places: [Int]) -> Int {
        guard !places.isEmpty else { return 0 }
        return places.sorted()[min(places.count - 1, Int((Double(places.count) * part).rounded(.up)))]
    }
}

extension IVFSearcher {
    /// Of every neighbour found: its list's place, and its own by code among the lists up to there.
    struct Places {
        var lists: [Int] = []
        var codes: [Int] = []
    }

    /// Where the `count` nearest vectors come up: the place of their lists among the nearest lists, and their own among
    /// the candidates by code.
    func places(
        of count: Int, near point: [Float], except id: Int64, effort: IVFEffort
    ) throws(VectorIndexError) -> Places {
        let lists = nearestLists(to: point, count: effort.lists)
        let best = try candidates(near: point, lists: lists, count: effort.candidates, filter: nil)
        let found = try nearest(count + 1, to: point, lists: lists, among: best).filter { $0.id != id }
        var places = Places()
        for neighbor in found.prefix(count) {
            places.lists.append(lists.firstIndex { self.list($0.list, holds: neighbor.slot) } ?? lists.count)
            let estimate = best.first { $0.slot == UInt32(neighbor.slot) }?.estimate ?? .infinity
            // Its equals may be taken before it.
            places.codes.append(best.count { $0.estimate <= estimate } - 1)
        }
        return places
    }
}
