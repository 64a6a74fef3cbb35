import DeepFace
import Synchronization

/// A few threads that may block, each with a connection of its own that it makes when it first needs one. A call has a
/// lane to itself; when all are taken it waits, without blocking a thread.
final class BlockingLanes<Connection>: Sendable {
    private struct State {
        var free: [Lane]
        var waiting: [CheckedContinuation<Lane, Never>] = []
    }

    /// Sendable because the connection is touched on the lane's thread only, by one call at a time.
    private final class Lane: @unchecked Sendable {
        let thread: JobThread
        var connection: Connection?

        init(_ name: String) { thread = JobThread(name: name) }
    }

    private let state: Mutex<State>

    init(_ name: String, count: Int = 4) {
        state = Mutex(State(free: (0..<count).map { Lane("\(name) \($0)") }))
    }

    /// Runs `body` with a lane's connection, which is `nil` at first and again when `body` leaves it so.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable (inout Connection?) throws(DeepFaceError) -> Value
    ) async throws(DeepFaceError) -> Value {
        let lane = await take()
        let result = await lane.thread.run {
            Result { () throws(DeepFaceError) in try body(&lane.connection) }
        }
        give(lane)
        return try result.get()
    }

    private func take() async -> Lane {
        await withCheckedContinuation { continuation in
            let lane = state.withLock { state -> Lane? in
                if let lane = state.free.popLast() { return lane }
                state.waiting.append(continuation)
                return nil
            }
            if let lane { continuation.resume(returning: lane) }
        }
    }

    private func give(_ lane: Lane) {
        let next = state.withLock { state -> CheckedContinuation<Lane, Never>? in
            if state.waiting.isEmpty {
                state.free.append(lane)
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: lane)
    }
}
