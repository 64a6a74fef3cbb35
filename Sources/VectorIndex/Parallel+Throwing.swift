import Foundation
import Synchronization

extension Parallel {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Runs `body` for 0 to `count` - 1 until it throws.
    ///
    /// - Parameter threads: at most; `nil`: as many as there are cores.
    static func tryRun(
        _ count: Int, threads: Int?, _ body: @Sendable (Int) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        let failure = Mutex<VectorIndexError?>(nil)
        let hasFailed = Atomic(false)
        run(count, threads: threads ?? cores) { index in
            guard !hasFailed.load(ordering: .relaxed) else { return }
            do throws(VectorIndexError) {
                try body(index)
            } catch {
                hasFailed.store(true, ordering: .relaxed)
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
