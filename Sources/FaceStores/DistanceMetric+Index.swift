import DeepFace
import Foundation
import VectorIndex

extension DistanceMetric {
    /// The index that orders vectors as this metric does.
    public var indexed: VectorMetric { self == .euclidean ? .euclidean : .cosine }

    /// The index's distance that is surely no nearer than this metric's: a little more, for what rounding takes.
    public func indexedDistance(_ distance: Double) -> Double {
        let exact =
            switch self {
            case .cosine, .euclidean: distance
            case .euclideanL2: distance * distance / 2
            case .angular: 1 - cos(.pi * min(max(distance, 0), 1))
            }
        return exact + 1e-5 * max(1, abs(exact))
    }
}
