import CVectorScan
import Foundation

extension IVFModel {
    /// Learns from a sample of the vectors.
    ///
    /// - Parameter lists: about how many to have.
    convenience init(
        sample: VectorBatch, lists: Int, settings: IVFSettings, name: String, seed: UInt64 = 1
    ) throws(VectorIndexError) {
        let dimensions = sample.dimensions
        var model = Settings(
            name: name, dimensions: dimensions, metric: settings.metric, bits: settings.bits, branches: [1],
            seed: seed, byteScale: 1, alphaStep: 1, offsetStep: 1, offsetStart: 0)
        let mean = Self.mean(of: sample, metric: settings.metric)
        let count = sample.count
        let width = model.width
        // In bytes from here on: a quarter of the memory.
        let signs = Self.signs(seed: seed, width: width)
        let level = cvectorscan_level()
        let piece = 4096
        @Sendable func rotated(_ rows: Range<Int>) -> [Float] {
            [Float](unsafeUninitializedCapacity: rows.count * width) { out, initialized in
                sample.values.withUnsafeBufferPointer {
                    ivf_rotate(
                        level, $0.baseAddress! + rows.lowerBound * dimensions, rows.count, dimensions, mean, signs,
                        settings.metric == .cosine ? 1 : 0, out.baseAddress, width)
                }
                initialized = rows.count * width
            }
        }
        let first = rotated(0..<min(count, piece))
        let power = first.reduce(0) { $0 + Double($1 * $1) } / Double(max(first.count, 1))
        // Four deviations fill a byte.
        model.byteScale = power > 0 ? Float(63 / (4 * power.squareRoot())) : 1
        let byteScale = model.byteScale
        var bytes = [UInt8](repeating: 0, count: count * width)
        try bytes.withUnsafeMutableBufferPointer { (bytes) throws(VectorIndexError) in
            nonisolated(unsafe) let bytes = bytes
            try Parallel.tryRun((count + piece - 1) / piece, threads: settings.threads) { part in
                let rows = part * piece..<min(count, (part + 1) * piece)
                let points = rotated(rows)
                ivf_bytes(level, points, points.count, byteScale, bytes.baseAddress! + rows.lowerBound * width)
            }
        }
        let lists = max(1, min(lists, count / 4))
        // Few lists are found at once; many by regions, two of which are then looked into.
        let tops = lists <= 64 ? 1 : Int(Double(3 * lists).squareRoot().rounded())
        let clustering = Clustering(width: width, byteScale: model.byteScale, threads: settings.threads)
        let few = min(count, 256 * tops)
        let top = try clustering.centroids(tops, of: bytes, rows: few, iterations: 10)
        let table = CentroidTable(top[...], width: width, byteScale: model.byteScale)
        let regions = try clustering.nearest(table, to: bytes, rows: count)
        let (starts, order) = countingSort(regions, values: tops)
        // In proportion to the vectors, so that lists are of about one length.
        model.branches = (0..<tops).map { max(1, lists * (starts[$0 + 1] - starts[$0]) / count) }
        var centroids = [Float](repeating: 0, count: model.lists * width)
        let points = bytes
        let branches = model.branches
        let firsts = branches.reduce(into: [0]) { $0.append($0.last! + $1 * width) }
        try centroids.withUnsafeMutableBufferPointer { (centroids) throws(VectorIndexError) in
            nonisolated(unsafe) let centroids = centroids
            try Parallel.tryRun(tops, threads: settings.threads) { (region) throws(VectorIndexError) in
                let rows = order[starts[region]..<starts[region + 1]]
                var own: [UInt8] = []
                own.reserveCapacity(rows.count * width)
                for row in rows { own.append(contentsOf: points[Int(row) * width..<(Int(row) + 1) * width]) }
                // A region the sample hardly touches has its lists at its own centroid.
                var found = [Float]()
                if rows.isEmpty {
                    found = Array(repeating: top[region * width..<(region + 1) * width], count: branches[region])
                        .flatMap { $0 }
                } else {
                    let alone = Clustering(width: width, byteScale: clustering.byteScale, threads: 1)
                    found = try alone.centroids(branches[region], of: own, rows: rows.count, iterations: 8)
                }
                for (place, value) in found.enumerated() { centroids[firsts[region] + place] = value }
            }
        }
        // How codes are scaled is learnt with a model that has its lists.
        let draft = IVFModel(settings: model, mean: mean, topCentroids: top, centroids: centroids)
        let tried = min(count, 20000)
        let stride = max(1, count / max(tried, 1))
        var alpha: Float = 0
        var offsets: (least: Float, most: Float) = (.infinity, -.infinity)
        for part in Swift.stride(from: 0, to: tried, by: piece) {
            var points: [Float] = []
            for row in part..<min(tried, part + piece) { points += rotated(row * stride..<row * stride + 1) }
            for (row, list) in draft.lists(of: points).enumerated() {
                var factors: (Float, Float) = (0, 0)
                withUnsafeMutableBytes(of: &factors) { factors in
                    points.withUnsafeBufferPointer { points in
                        centroids.withUnsafeBufferPointer { centroids in
                            ivf_sign_factors(
                                points.baseAddress! + row * width, centroids.baseAddress! + Int(list) * width, width,
                                factors.baseAddress!.assumingMemoryBound(to: Float.self))
                        }
                    }
                }
                alpha = max(alpha, factors.0)
                offsets = (min(offsets.least, factors.1), max(offsets.most, factors.1))
            }
        }
        if offsets.least > offsets.most { offsets = (0, 0) }
        // A vector beyond the sample's range by more than these is taken for one at its edge.
        model.alphaStep = max(alpha * 1.1 / 255, 1e-20)
        let spread = max(offsets.most - offsets.least, 1e-20)
        model.offsetStart = offsets.least - 0.05 * spread
        model.offsetStep = spread * 1.1 / 255
        self.init(settings: model, mean: mean, topCentroids: top, centroids: centroids)
    }

    private static func mean(of sample: VectorBatch, metric: VectorMetric) -> [Float] {
        let dimensions = sample.dimensions
        var sums = [Double](repeating: 0, count: dimensions)
        let stride = max(1, sample.count / 65536)
        var count = 0.0
        for row in Swift.stride(from: 0, to: sample.count, by: stride) {
            let values = sample[row]
            let length = metric == .cosine ? values.reduce(0) { $0 + Double($1 * $1) }.squareRoot() : 1
            for (i, value) in values.enumerated() { sums[i] += Double(value) / max(length, 1e-30) }
            count += 1
        }
        return sums.map { Float($0 / max(count, 1)) }
    }
}

/// k-means over rows of bytes (`ivf_bytes`).
private struct Clustering {
    let width: Int
    let byteScale: Float
    let threads: Int?

    /// `count` centroids (Lloyd's iterations from random rows; a centroid nobody is nearest to begins again at one).
    func centroids(_ count: Int, of bytes: [UInt8], rows: Int, iterations: Int) throws(VectorIndexError) -> [Float] {
        var random = SplitMix(state: UInt64(rows))
        var centroids: [Float] = []
        func point(_ row: Int) -> [Float] {
            bytes[row * width..<(row + 1) * width].map { (Float($0) - 64) / byteScale }
        }
        // One from each of `count` stretches, so that none comes twice.
        for n in 0..<count {
            let stretch = n * rows / count..<max(n * rows / count + 1, (n + 1) * rows / count)
            centroids += point(min(Int.random(in: stretch, using: &random), rows - 1))
        }
        guard count < rows else { return centroids }
        for _ in 0..<iterations {
            let table = CentroidTable(centroids[...], width: width, byteScale: byteScale)
            let nearest = try nearest(table, to: bytes, rows: rows)
            var sums = [Int32](repeating: 0, count: count * width)
            var members = [Int](repeating: 0, count: count)
            for row in 0..<rows { members[Int(nearest[row])] += 1 }
            sums.withUnsafeMutableBufferPointer { sums in
                bytes.withUnsafeBufferPointer { bytes in
                    for row in 0..<rows {
                        let sum = sums.baseAddress! + Int(nearest[row]) * width
                        let values = bytes.baseAddress! + row * width
                        for i in 0..<width { sum[i] &+= Int32(values[i]) &- 64 }
                    }
                }
            }
            for n in 0..<count {
                if members[n] == 0 {
                    centroids.replaceSubrange(
                        n * width..<(n + 1) * width, with: point(Int.random(in: 0..<rows, using: &random)))
                    continue
                }
                let scale = 1 / (Float(members[n]) * byteScale)
                for i in n * width..<(n + 1) * width { centroids[i] = Float(sums[i]) * scale }
            }
        }
        return centroids
    }

    func nearest(_ table: CentroidTable, to bytes: [UInt8], rows: Int) throws(VectorIndexError) -> [UInt32] {
        let piece = 16384
        var nearest = [UInt32](repeating: 0, count: rows)
        try nearest.withUnsafeMutableBufferPointer { (nearest) throws(VectorIndexError) in
            nonisolated(unsafe) let nearest = nearest
            try Parallel.tryRun((rows + piece - 1) / piece, threads: threads) { part in
                let own = part * piece..<min(rows, (part + 1) * piece)
                let found = bytes.withUnsafeBufferPointer {
                    table.nearest(
                        UnsafeBufferPointer(rebasing: $0[own.lowerBound * width..<own.upperBound * width]), width: width
                    ).centroids
                }
                for (row, value) in zip(own, found) { nearest[row] = value }
            }
        }
        return nearest
    }
}
