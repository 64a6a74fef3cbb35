import Foundation
import TestSupport
import VectorIndex

/// Vectors in clusters of five around points far from the origin, and the nearest of them by comparing one by one.
struct TestVectors {
    let dimensions: Int
    let values: [Float]

    init(count: Int, dimensions: Int, seed: UInt64 = 1) {
        self.dimensions = dimensions
        var random = RandomNumbers(seed)
        let mean = (0..<dimensions).map { _ in random.gaussian() * 2 }
        var values: [Float] = []
        var center: [Float] = []
        for number in 0..<count {
            if number % 5 == 0 { center = mean.map { $0 + random.gaussian() } }
            values += center.map { $0 + random.gaussian() * 0.3 }
        }
        self.values = values
    }

    /// Ids are not the places.
    func ids(_ range: Range<Int>) -> [Int64] { range.map { Int64($0) * 7 } }

    func batch(_ range: Range<Int>) -> VectorBatch {
        VectorBatch(
            dimensions: dimensions, values: Array(values[range.lowerBound * dimensions..<range.upperBound * dimensions])
        )
    }

    /// Near some vectors, and equal to none.
    func probe(_ number: Int) -> [Float] {
        let row = number * 37 % (values.count / dimensions)
        return values[row * dimensions..<(row + 1) * dimensions].enumerated().map { $1 + 0.1 * sin(Float($0 + number)) }
    }

    func distance(_ probe: [Float], _ id: Int64, _ metric: VectorMetric) -> Float {
        let row = Int(id) / 7 * dimensions
        var (dot, squares, lengths) = (0.0, 0.0, (0.0, 0.0))
        for (place, value) in probe.enumerated() {
            let (a, b) = (Double(value), Double(values[row + place]))
            dot += a * b
            squares += (a - b) * (a - b)
            lengths = (lengths.0 + a * a, lengths.1 + b * b)
        }
        return Float(metric == .euclidean ? squares.squareRoot() : 1 - dot / (lengths.0 * lengths.1).squareRoot())
    }

    func nearest(
        _ probe: [Float], metric: VectorMetric, k: Int, where allowed: (Int64) -> Bool = { _ in true }
    ) -> [Neighbor] {
        let all = ids(0..<values.count / dimensions).filter(allowed)
        return all.map { Neighbor(id: $0, distance: distance(probe, $0, metric)) }.sorted().prefix(k).map { $0 }
    }
}
