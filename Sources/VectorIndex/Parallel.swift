import Dispatch
import Foundation
import Synchronization

/// Work on several threads at once.
enum Parallel {
    /// As many as the machine has.
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Runs `body` for 0 to `count` - 1, on `threads` threads at most (`nil`: as many as there are cores), this one among
    /// them; the first error ends it.
    static func run<Failure: Error>(
        _ count: Int, threads: Int?, _ body: @Sendable (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let threads = min(threads ?? cores, count)
        if threads <= 1 {
            for task in 0..<count { try body(task) }
            return
        }
        let next = Atomic(0)
        let failure = Mutex<Failure?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard task < count else { return }
                do throws(Failure) {
                    try body(task)
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                    next.store(count, ordering: .relaxed)
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// What `body` gives for 0 to `count` - 1, in order.
    static func map<Result: Sendable>(
        _ count: Int, threads: Int?, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: count))
        run(count, threads: threads) { task in
            let result = body(task)
            results.withLock { $0[task] = result }
        }
        return results.withLock { $0.map { $0! } }
    }
}
