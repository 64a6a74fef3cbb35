import Foundation
import VectorIndex

extension RecognitionModel {
    /// How far apart, on average, the faces of one person may be that are put together, six decimals: a little
    /// less than the threshold of a pair, since among many people some look alike. `nil` where the model has no threshold.
    public func clusterThreshold(_ metric: DistanceMetric) -> Double? {
        // The cosine distance grows with the square of the length.
        let scale = metric == .cosine ? Self.clusterScale * Self.clusterScale : Self.clusterScale
        return thresholds[metric].map { ($0 * scale * 1e6).rounded() / 1e6 }
    }

    /// Measured with Dlib: see Docs/cluster.md.
    private static let clusterScale = 0.77
}

extension DistanceMetric {
    /// A distance in the metric of an index that orders faces alike.
    package func inIndex(_ distance: Double) -> Float {
        switch self {
        case .cosine, .euclidean: Float(distance)
        case .euclideanL2: Float(distance * distance / 2)
        case .angular: Float(1 - cos(.pi * min(1, distance)))
        }
    }
}
