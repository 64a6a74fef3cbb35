import Foundation
import Synchronization

/// A thread that works jobs off in their order. Calls that block are made here, for they must not keep Swift's own few
/// threads from their work.
final class JobThread: Sendable {
    private let queue = Queue()

    init(name: String) {
        let thread = Thread { [queue] in
            while let job = queue.next() { job() }
        }
        thread.name = name
        thread.start()
    }

    deinit { queue.append(nil) }

    func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.append { continuation.resume(returning: job()) }
        }
    }

    private final class Queue: Sendable {
        private let jobs = Mutex<[(@Sendable () -> Void)?]>([])
        private let filled = DispatchSemaphore(value: 0)

        /// - Parameter job: `nil` ends the thread.
        func append(_ job: (@Sendable () -> Void)?) {
            jobs.withLock { $0.append(job) }
            filled.signal()
        }

        func next() -> (@Sendable () -> Void)? {
            filled.wait()
            return jobs.withLock { $0.removeFirst() }
        }
    }
}
