import Dispatch
import Foundation
import Synchronization

/// Work on several threads at once.
enum Parallel {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Runs `body` for each of 0 ..< `count`, on at most `threads` threads; the first error ends it.
    static func run(
        _ count: Int, threads: Int?, _ body: @Sendable (Int) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        let threads = min(threads ?? cores, count)
        if threads <= 1 {
            for index in 0..<count { try body(index) }
            return
        }
        let next = Atomic(0)
        let failure = Mutex<VectorIndexError?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                do throws(VectorIndexError) {
                    try body(index)
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                    next.store(count, ordering: .relaxed)
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
