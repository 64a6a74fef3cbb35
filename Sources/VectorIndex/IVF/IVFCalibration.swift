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
        let generous = IVFEffort(
            lists: min(model.lists, max(256, model.lists / 16)), candidates: max(2000, 50 * settings.neighbors))
        // Of every neighbour found: its list's place, and its own by code among the lists up to there.
        var listPlaces = [[Int]](repeating: [], count: count)
        var codePlaces = [[Int]](repeating: [], count: count)
        try listPlaces.withUnsafeMutableBufferPointer { (listPlaces) throws(VectorIndexError) in
            nonisolated(unsafe) let listPlaces = listPlaces
            try codePlaces.withUnsafeMutableBufferPointer { (codePlaces) throws(VectorIndexError) in
                nonisolated(unsafe) let codePlaces = codePlaces
                try Parallel.tryRun(count, threads: settings.threads) { (n) throws(VectorIndexError) in
                    let (vector, ids) = try source.read(rows: rows[n]..<rows[n] + 1)
                    let point = vector.values.withUnsafeBufferPointer { model.rotated($0) }
                    let searcher = IVFSearcher(index, model: model)
                    let places = try searcher.places(
                        of: settings.neighbors, near: point, except: ids[0], effort: generous)
                    (listPlaces[n], codePlaces[n]) = (places.lists, places.codes)
                }
            }
        }
        // Half of what may be missed is missed for either reason.
        let part = 1 - (1 - settings.recall) / 2
        let lists = Self.quantile(part, of: listPlaces.flatMap { $0 })
        let candidates = Self.quantile(part, of: codePlaces.flatMap { $0 })
        return IVFEffort(
            lists: min(model.lists, lists + 1), candidates: max(candidates + 1, 2 * settings.neighbors, 10))
    }

    private static func quantile(_ part: Double, of places: [Int]) -> Int {
        guard !places.isEmpty else { return 0 }
        return places.sorted()[min(places.count - 1, Int((Double(places.count) * part).rounded(.up)))]
    }
}

extension IVFSearcher {
    /// Where the `count` nearest vectors come up: the place of their lists among the nearest lists, and their own among
    /// the candidates by code.
    func places(
        of count: Int, near point: [Float], except id: Int64, effort: IVFEffort
    ) throws(VectorIndexError) -> (lists: [Int], codes: [Int]) {
        let lists = nearestLists(to: point, count: effort.lists)
        let candidates = try candidates(near: point, lists: lists, count: effort.candidates, filter: nil)
        let ranks = candidates.sorted { $0.estimate < $1.estimate }.enumerated().reduce(into: [UInt32: Int]()) {
            $0[$1.element.slot] = $1.offset
        }
        let nearest = try nearestSlots(count + 1, to: point, lists: lists, effort: effort).filter { $0.id != id }
        var places: (lists: [Int], codes: [Int]) = ([], [])
        for neighbor in nearest.prefix(count) {
            places.lists.append(lists.firstIndex { self.list($0.list, holds: neighbor.slot) } ?? lists.count)
            places.codes.append(ranks[UInt32(neighbor.slot)] ?? effort.candidates)
        }
        return places
    }
}
