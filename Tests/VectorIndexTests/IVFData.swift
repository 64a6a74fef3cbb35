import Foundation
import TestSupport
import VectorIndex

/// Vectors like faces': persons about a common middle, and a few pictures of each about the person.
struct IVFData: Sendable {
    static let pictures = 4
    let dimensions: Int
    let vectors: VectorBatch
    var ids: [Int64] { (0..<vectors.count).map(Int64.init) }

    init(persons: Int, dimensions: Int, seed: UInt64 = 1) {
        var random = RandomNumbers(seed)
        let middle = random.gaussians(dimensions).map { 3 * $0 }
        var values: [Float] = []
        for _ in 0..<persons {
            let person = zip(middle, random.gaussians(dimensions)).map { $0 + $1 }
            for _ in 0..<Self.pictures {
                values += zip(person, random.gaussians(dimensions)).map { $0 + 0.5 * $1 }
            }
        }
        self.dimensions = dimensions
        vectors = VectorBatch(dimensions: dimensions, values: values)
    }

    func rows(_ range: Range<Int>) -> VectorBatch {
        VectorBatch(
            dimensions: dimensions,
            values: Array(vectors.values[range.lowerBound * dimensions..<range.upperBound * dimensions]))
    }

    static func distance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>, _ metric: VectorMetric) -> Double {
        var (product, squaresA, squaresB, difference) = (0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            product += Double(x * y)
            squaresA += Double(x * x)
            squaresB += Double(y * y)
            difference += Double((x - y) * (x - y))
        }
        return metric == .cosine ? 1 - product / (squaresA * squaresB).squareRoot() : difference.squareRoot()
    }

    /// The nearest rows to a probe, by looking at all that count.
    func nearest(
        to probe: ArraySlice<Float>, k: Int, metric: VectorMetric, where counts: (Int) -> Bool = { _ in true }
    ) -> [Neighbor] {
        let all = (0..<vectors.count).filter(counts).map {
            Neighbor(id: Int64($0), distance: Float(Self.distance(probe, vectors[$0], metric)))
        }
        return Array(all.sorted().prefix(k))
    }
}
