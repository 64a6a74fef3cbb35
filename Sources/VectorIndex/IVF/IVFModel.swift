import CVectorScan
import Foundation

/// What an ivf index has learnt of its data: where its middle is, the centroids of its lists, how codes are scaled.
///
/// Vectors are centred, made one long where the metric is cosine, and rotated; both metrics are then the distance
/// between points. Lists have a tree of two levels: each of `tops` regions
/// has the more lists the more vectors there are in it.
final class IVFModel: @unchecked Sendable {
    // Safe: nothing changes once it is made (the C struct holds numbers only).
    let settings: Settings
    /// Subtracted from every vector: `dimensions` numbers.
    let mean: [Float]
    /// Of the rotation: 4 × `width`, ±1.
    let signs: [Float]
    /// `tops` rows.
    let topCentroids: [Float]
    /// `lists` rows, one region's after the other.
    let centroids: [Float]
    /// The first list of each region, and the number of lists.
    let firstLists: [Int]
    let coding: ivf_coding
    private let topTable: CentroidTable
    private let branchTables: [CentroidTable]

    /// What is kept as JSON.
    struct Settings: Codable, Equatable {
        /// Names the model's file.
        var name: String
        var dimensions: Int
        var metric: VectorMetric
        var bits: Int
        /// The number of lists of each region.
        var branches: [Int]
        /// Of the signs of the rotation.
        var seed: UInt64
        /// What rotated numbers are multiplied with to be bytes.
        var byteScale: Float
        var alphaStep: Float
        var offsetStep: Float
        var offsetStart: Float

        /// Numbers in a rotated vector: a multiple of 64.
        var width: Int { (dimensions + 63) / 64 * 64 }
        var tops: Int { branches.count }
        var lists: Int { branches.reduce(0, +) }
    }

    init(settings: Settings, mean: [Float], topCentroids: [Float], centroids: [Float]) {
        self.settings = settings
        self.mean = mean
        self.topCentroids = topCentroids
        self.centroids = centroids
        let width = settings.width
        signs = Self.signs(seed: settings.seed, width: width)
        coding = ivf_coding(
            width: width, bits: Int32(settings.bits), id_bytes: 8, alpha_step: settings.alphaStep,
            offset_step: settings.offsetStep, offset_start: settings.offsetStart)
        topTable = CentroidTable(topCentroids[...], width: width, byteScale: settings.byteScale)
        // One scale for all regions, so that their scores compare.
        let scale = CentroidTable.scale(of: centroids[...])
        let firstLists = settings.branches.reduce(into: [0]) { $0.append($0.last! + $1) }
        self.firstLists = firstLists
        branchTables = (0..<settings.tops).map { top in
            CentroidTable(
                centroids[firstLists[top] * width..<firstLists[top + 1] * width], width: width,
                byteScale: settings.byteScale, scale: scale)
        }
    }

    var width: Int { settings.width }
    var lists: Int { firstLists.last! }

    /// The coding with ids of so many bytes.
    func coding(idBytes: Int) -> ivf_coding {
        var coding = coding
        coding.id_bytes = Int32(idBytes)
        return coding
    }

    static func signs(seed: UInt64, width: Int) -> [Float] {
        var random = SplitMix(state: seed)
        return (0..<4 * width).map { _ in random.next() & 1 == 0 ? 1 : -1 }
    }

    /// Vectors as points among the centroids.
    func rotated(_ vectors: UnsafeBufferPointer<Float>) -> [Float] {
        let count = vectors.count / settings.dimensions
        return [Float](unsafeUninitializedCapacity: count * width) { out, initialized in
            ivf_rotate(
                cvectorscan_level(), vectors.baseAddress, count, settings.dimensions, mean, signs,
                settings.metric == .cosine ? 1 : 0, out.baseAddress, width)
            initialized = count * width
        }
    }

    /// The list of each point.
    func lists(of points: [Float]) -> [UInt32] {
        let level = cvectorscan_level()
        let count = points.count / width
        let bytes = [UInt8](unsafeUninitializedCapacity: points.count) { out, initialized in
            ivf_bytes(level, points, points.count, settings.byteScale, out.baseAddress)
            initialized = points.count
        }
        // The best list is looked for in the two nearest regions: it is often beyond the border of the nearest.
        let regions = topTable.nearestTwo(bytes, width: width)
        let (starts, order) = countingSort(regions, values: settings.tops)
        // Those of one region one after the other, so that its centroids stay in the cache.
        var gathered = [UInt8](repeating: 0, count: order.count * width)
        gathered.withUnsafeMutableBytes { gathered in
            bytes.withUnsafeBytes { bytes in
                for (place, entry) in order.enumerated() {
                    memcpy(
                        gathered.baseAddress! + place * width, bytes.baseAddress! + Int(entry) % count * width, width)
                }
            }
        }
        var lists = [UInt32](repeating: 0, count: count)
        var best = [Int32](repeating: .min, count: count)
        gathered.withUnsafeBufferPointer { gathered in
            for top in 0..<settings.tops where starts[top] < starts[top + 1] {
                let rows = starts[top]..<starts[top + 1]
                let (nearest, scores) = branchTables[top].nearest(
                    UnsafeBufferPointer(rebasing: gathered[rows.lowerBound * width..<rows.upperBound * width]),
                    width: width)
                for (n, place) in rows.enumerated() {
                    let row = Int(order[place]) % count
                    // Where they are equal, the region that came first.
                    if scores[n] > best[row] {
                        best[row] = scores[n]
                        lists[row] = UInt32(firstLists[top]) + nearest[n]
                    }
                }
            }
        }
        return lists
    }
}

/// Where each value's rows start among the sorted ones (and where the last end), and the rows in that order.
func countingSort(_ values: [UInt32], values count: Int) -> (starts: [Int], order: [UInt32]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for value in values { starts[Int(value) + 1] += 1 }
    for value in 0..<count { starts[value + 1] += starts[value] }
    var next = starts
    var order = [UInt32](repeating: 0, count: values.count)
    for (row, value) in values.enumerated() {
        order[next[Int(value)]] = UInt32(row)
        next[Int(value)] += 1
    }
    return (starts, order)
}
