import Foundation
import VectorIndex

/// An index of ours, built and then searched with every setting.
struct Ours: Sendable {
    let name: String
    /// More vectors than this are not tried.
    let most: Int
    /// Builds it, on all processors.
    let build: @Sendable (SearchData, URL) throws -> Built

    /// The settings to try, and how long the gallery took to be made up meanwhile, which is no part of the build.
    struct Built {
        let settings: [Setting]
        var making = Duration.zero
    }

    /// An index set in one way: for one probe on one thread, and for a batch.
    struct Setting {
        let name: String
        let single, batch: any VectorIndex
    }

    static let all = [flat, ivf, hnsw, faiss]

    private static let efforts = [10, 16, 24, 36, 54, 80, 120, 180, 270, 400, 600]

    static let flat = Ours(name: "flat", most: 50_000_000) { data, _ in
        var index = FlatIndex(dimensions: data.gallery.dimensions, metric: data.metric)
        index.reserveCapacity(data.count)
        let making = try data.add(to: &index)
        var single = index
        single.threads = 1
        return Built(settings: [Setting(name: "exact", single: single, batch: index)], making: making)
    }

    static let ivf = Ours(name: "ivf", most: .max) { data, folder in
        var settings = IVFSettings()
        settings.metric = data.metric
        let place = folder.appending(path: "ivf")
        try? FileManager.default.removeItem(at: place)
        let index = try IVFIndex.build(from: data, settings: settings, at: place)
        // Few lists and vectors find who it is, many find nearly all that is near.
        let steps = [(30, [8, 16, 32, 64, 128, 256, 512]), (120, [256, 512]), (400, [512, 768, 1024, 1536])]
        let efforts = steps.flatMap { candidates, lists in
            lists.map { IVFEffort(lists: $0, candidates: candidates) }
        }
        let settled = ([index.effort].compactMap { $0 } + efforts).map { effort in
            var (single, batch) = (index, index)
            (single.effort, batch.effort, single.threads) = (effort, effort, 1)
            return Setting(
                name: "lists=\(effort.lists) candidates=\(effort.candidates)", single: single, batch: batch)
        }
        // It reads the gallery piece by piece, so that its build has the making in it.
        return Built(settings: settled)
    }

    static let hnsw = Ours(name: "hnsw", most: 10_000_000) { data, _ in
        var index = try HNSWIndex(dimensions: data.gallery.dimensions, metric: data.metric)
        let making = try data.add(to: &index)
        let settings = efforts.map { effort in
            index.effort = effort
            return Setting(name: "M=16 construction=100 effort=\(effort)", single: index, batch: index)
        }
        return Built(settings: settings, making: making)
    }

    static let faiss = Ours(name: "faiss", most: 1_000_000) { data, _ in
        var index = try FaissIndex(dimensions: data.gallery.dimensions, metric: data.metric)
        let making = try data.add(to: &index)
        let settings = efforts.map { effort in
            index.effort = effort
            return Setting(name: "faiss 1.7.3 HNSW32 effort=\(effort)", single: index, batch: index)
        }
        return Built(settings: settings, making: making)
    }

    /// Prints a `Result` a line.
    func run(_ data: SearchData, _ folder: URL) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let made = try build(data, folder)
        let built = (start.duration(to: clock.now) - made.making) / .seconds(1)
        let truth = numpyIntegers(folder.appending(path: "truth.npy"), columns: 10)
        for setting in made.settings {
            let one = try (0..<min(200, data.probes.count)).map { row in
                let probe = Array(data.probes[row])
                return try clock.measure { _ = try setting.single.search(probe, k: 10) } / .milliseconds(1)
            }.sorted()
            var found: [[Neighbor]] = []
            let batch = try clock.measure { found = try setting.batch.search(data.probes, k: 10, filter: nil) }
            let quality = data.quality(found, truth)
            var usage = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            let result = Result(
                library: name, setting: setting.name, ms: one[one.count / 2],
                qps: Double(data.probes.count) / (batch / .seconds(1)), build: built, rank1: quality.rank1,
                mates: quality.mates, recall: quality.recall, rss: Double(usage.ru_maxrss) / 1024)
            print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
            fflush(nil)
            if result.rank1 >= 0.995, result.recall ?? 1 >= 0.97 { break }
        }
    }
}

extension SearchData {
    /// Adds the whole gallery; a vector's id is its index.
    ///
    /// - Returns: how long it took to make the gallery up.
    func add(to index: inout some VectorIndex) throws -> Duration {
        var making = Duration.zero
        for piece in pieces {
            var values: [Float] = []
            making += ContinuousClock().measure { values = gallery.vectors(piece) }
            try index.add(VectorBatch(dimensions: gallery.dimensions, values: values), ids: piece.map(Int64.init))
        }
        return making
    }

    /// How much of what was sought is in the first ten found.
    func quality(_ found: [[Neighbor]], _ truth: [[Int64]]?) -> (rank1: Double, mates: Double, recall: Double?) {
        var (first, all, hits) = (0, 0, 0)
        for (row, neighbors) in found.enumerated() {
            let right = neighbors.map { gallery.person(of: Int($0.id)) == persons[row] }
            if right.first == true { first += 1 }
            if right.count(where: { $0 }) == gallery.picturesPerPerson { all += 1 }
            if let truth { hits += Set(truth[row]).intersection(neighbors.map(\.id)).count }
        }
        let probes = Double(found.count)
        return (Double(first) / probes, Double(all) / probes, truth.map { _ in Double(hits) / probes / 10 })
    }
}
