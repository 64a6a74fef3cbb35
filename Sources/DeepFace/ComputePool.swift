import Foundation
import Synchronization

/// Threads for work that computes or blocks, so that it never holds up the caller's own.
///
/// As many jobs run at once as the pool has threads; the others wait in line, holding nothing but their inputs.
final class ComputePool: Sendable {
    private let queue: OperationQueue

    init(threads: Int) {
        queue = OperationQueue()
        queue.name = "deepface.compute"
        queue.maxConcurrentOperationCount = max(1, threads)
    }

    /// Has `work` run on one of the pool's threads, whoever may wait for it.
    func submit(_ work: @escaping @Sendable () -> Void) { queue.addOperation(work) }

    /// Runs `work` on one of the pool's threads. A task cancelled before its turn throws `cancelled` instead.
    func run<Result: Sendable>(
        _ work: @escaping @Sendable () throws(DeepFaceError) -> Result
    ) async throws(DeepFaceError) -> Result {
        let operation = Job(work)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                operation.start(on: queue, continuation)
            }
        } onCancel: {
            operation.cancel()
        }
        return try result.get()
    }
}

/// One job and whether it was called off.
private final class Job<Value: Sendable>: Sendable {
    private let work: @Sendable () throws(DeepFaceError) -> Value
    private let cancelled = Mutex(false)

    init(_ work: @escaping @Sendable () throws(DeepFaceError) -> Value) {
        self.work = work
    }

    func cancel() { cancelled.withLock { $0 = true } }

    func start(on queue: OperationQueue, _ continuation: CheckedContinuation<Result<Value, DeepFaceError>, Never>) {
        queue.addOperation { [self] in
            guard !cancelled.withLock({ $0 }) else { return continuation.resume(returning: .failure(.cancelled)) }
            do throws(DeepFaceError) {
                continuation.resume(returning: .success(try work()))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
}
