import Synchronization
import VectorIndex

/// Grouping that goes on, on whatever thread, until it is done or its task is cancelled.
package final class ClusterWork: Sendable {
    private let isCancelled = Mutex(false)
    private let progress: @Sendable (Double) -> Void

    private init(_ progress: @escaping @Sendable (Double) -> Void) { self.progress = progress }

    /// Has `body` do the work; when this task is cancelled, the work is called off.
    package static func run(
        _ progress: @escaping @Sendable (Double) -> Void,
        _ body: @Sendable (ClusterWork) async throws(DeepFaceError) -> VectorClusters
    ) async throws(DeepFaceError) -> VectorClusters {
        let work = ClusterWork(progress)
        let result = await withTaskCancellationHandler {
            await outcome { () async throws(DeepFaceError) in try await body(work) }
        } onCancel: {
            work.isCancelled.withLock { $0 = true }
        }
        return try result.get()
    }

    /// - Throws: `invalidOption`, `invalidEmbedding`, `cancelled`.
    package func clusters(
        of vectors: VectorBatch, origins: [Int], metric: VectorMetric, _ settings: ClusterSettings
    ) throws(DeepFaceError) -> VectorClusters {
        do throws(VectorIndexError) {
            return try VectorClusters(vectors, origins: origins, metric: metric, settings) {
                (done) throws(VectorIndexError) in
                if isCancelled.withLock({ $0 }) { throw VectorIndexError(.cancelled, "the task was cancelled") }
                progress(done)
            }
        } catch {
            switch error.code {
            case .cancelled: throw .cancelled
            case .invalidSetting: throw DeepFaceError(.invalidOption, error.message)
            default: throw DeepFaceError(.invalidEmbedding, error.message)
            }
        }
    }
}
