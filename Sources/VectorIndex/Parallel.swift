import Dispatch
import Synchronization

/// Work on several threads at once.
enum Parallel {
    /// Runs `body` for 0 to `count` - 1, on `threads` threads at most, this one among them.
    static func run(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        guard threads > 1, count > 1 else {
            for task in 0..<count { body(task) }
            return
        }
        let next = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            while true {
                let task = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard task < count else { return }
                body(task)
            }
        }
    }

    /// What `body` gives for 0 to `count` - 1, in order.
    static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: count))
        run(count, threads: threads) { task in
            let result = body(task)
            results.withLock { $0[task] = result }
        }
        return results.withLock { $0.map { $0! } }
    }
}
