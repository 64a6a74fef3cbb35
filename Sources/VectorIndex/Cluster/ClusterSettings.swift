import Foundation

/// How vectors are put into clusters.
public struct ClusterSettings: Sendable, Equatable {
    /// Two clusters may become one while their vectors are no farther apart than this, in the mean of squared distances
    /// (for the cosine: in the mean). In the metric's own distance.
    public var distance: Float
    /// Fewer vectors than this are no cluster. Default: 2.
    public var leastSize = 2
    /// So many of its nearest each cluster is compared with in a round. Default: 16.
    public var neighbors = 16
    /// Default: as many as the machine has cores.
    public var threads = ProcessInfo.processInfo.activeProcessorCount

    public init(distance: Float, leastSize: Int = 2) {
        (self.distance, self.leastSize) = (distance, leastSize)
    }

    /// The limit of squared euclidean distances, of vectors as `comparable`.
    func limit(_ metric: VectorMetric) -> Float { metric == .cosine ? 2 * distance : distance * distance }

    func check() throws(VectorIndexError) {
        guard distance.isFinite, distance >= 0 else {
            throw VectorIndexError(.invalidSetting, "\(distance) is no distance")
        }
        guard leastSize >= 1, neighbors >= 1, threads >= 1 else {
            throw VectorIndexError(.invalidSetting, "least size, neighbours and threads are numbers from 1")
        }
    }
}
