import FaceLike
import Foundation
import VectorIndex

/// Groups made-up embeddings into people, and says how long that took and how right it is.
///
///     SearchBench cluster COUNT [DIMENSIONS] [KEY=VALUE…]
///
/// Keys: `distance` (default: what `deepface cluster` takes for Dlib; from 512 numbers for ArcFace), `neighbors`,
/// `threads`. Every photo has two faces. Galleries of five and of twenty pictures a person are grouped.
struct ClusterScale {
    private let count, dimensions: Int
    private let metric: VectorMetric
    private var settings: ClusterSettings

    init(count: Int, dimensions: Int, words: [String]) {
        (self.count, self.dimensions) = (count, dimensions)
        metric = dimensions <= 256 ? .euclidean : .cosine
        // 0.77 of the length of the threshold of a pair: 0.6, and 0.68 by the cosine.
        settings = ClusterSettings(distance: metric == .euclidean ? 0.77 * 0.6 : 0.77 * 0.77 * 0.68)
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.last.flatMap { Float($0) }) {
            case ("distance", let value?): settings.distance = value
            case ("neighbors", let value?): settings.neighbors = Int(value)
            case ("threads", let value?): settings.threads = Int(value)
            default:
                print("cluster: \(word) is not understood")
                exit(2)
            }
        }
    }

    func run() throws {
        print(
            "\(count) x \(dimensions), \(metric.rawValue) \(settings.distance), \(settings.neighbors) neighbours, "
                + "\(settings.threads) threads; \(Machine.description)\n")
        print("  pictures  seconds  search of all  people found       F1  precision   recall")
        for pictures in [5, 20] { try run(pictures) }
    }

    private func run(_ pictures: Int) throws {
        let faces = FaceLike(dimensions: dimensions, picturesPerPerson: pictures)
        let batch = VectorBatch(dimensions: dimensions, values: faces.vectors(0..<count))
        // Two of one photo are far from each other in the gallery.
        let origins = (0..<count).map { $0 % max(1, count / 2) }
        var start = ContinuousClock.now
        let found = try VectorClusters(batch, origins: origins, metric: metric, settings)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard found.clusters.allSatisfy({ rows in Set(rows.map { origins[$0] }).count == rows.count }) else {
            print("two faces of one photo are together")
            exit(1)
        }
        // What of it is the search: each vector's nearest, once.
        var index = FlatIndex(dimensions: dimensions, metric: metric)
        index.threads = settings.threads
        try index.add(batch, ids: (0..<Int64(count)).map(\.self))
        start = .now
        _ = try index.search(batch, k: settings.neighbors + 1)
        let search = (ContinuousClock.now - start) / .seconds(1)
        let agreement = PairAgreement(found.labels, truth: (0..<count).map { faces.person(of: $0) })
        print(
            String(
                format: "%10d%9.1f%15.1f%14d%9.4f%11.4f%9.4f", pictures, seconds, search, found.clusters.count,
                agreement.f1, agreement.precision, agreement.recall))
    }
}
