import Foundation
import VectorIndex

extension DistanceMetric {
    /// The index's metric that puts faces in the same order.
    package var indexed: VectorMetric { self == .euclidean ? .euclidean : .cosine }

    /// The least distance that a face can have whose distance in the index is `distance` or more, which is of 32 bits.
    package func least(_ distance: Float, _ probe: [Float]) -> Double {
        let length = self == .euclidean ? probe.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() : 1
        let least = max(0, Double(distance) - 1e-4 * (Double(distance) + length))
        switch self {
        case .cosine, .euclidean: return least
        case .euclideanL2: return (2 * least).squareRoot()
        case .angular: return acos(max(-1, 1 - least)) / .pi
        }
    }
}
