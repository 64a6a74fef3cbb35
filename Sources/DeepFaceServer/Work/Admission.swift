import Synchronization

/// Lets a number of requests compute at once and a number wait in line; the rest is turned away.
package final class Admission: Sendable {
    package let concurrency: Int
    package let maximumWaiting: Int
    private let state = Mutex(State())

    private struct State {
        var running = 0
        var waiting: [CheckedContinuation<Bool, Never>] = []
    }

    package init(concurrency: Int, maximumWaiting: Int) {
        (self.concurrency, self.maximumWaiting) = (max(1, concurrency), maximumWaiting)
    }

    /// How many wait in line.
    package var waiting: Int { state.withLock { $0.waiting.count } }
    package var running: Int { state.withLock { $0.running } }

    /// Whether one more would be turned away now.
    var isFull: Bool {
        state.withLock { $0.running >= concurrency && $0.waiting.count >= maximumWaiting }
    }

    /// Runs `work` when it is its turn.
    ///
    /// - Parameters:
    ///   - isPatient: whether it waits however many wait already.
    ///   - entered: called when its turn has come.
    /// - Throws: `busy` when too many wait already; what `work` throws.
    package func run<Value>(
        isolation: isolated (any Actor)? = #isolation, isPatient: Bool = false, entered: () -> Void = {},
        _ work: () async throws -> Value
    ) async throws -> Value {
        guard await enter(isPatient) else { throw Problem.busy("too many requests wait already; try again shortly") }
        defer { leave() }
        entered()
        return try await work()
    }

    private func enter(_ isPatient: Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLock { state in
                if state.running < concurrency {
                    state.running += 1
                    return true
                }
                guard isPatient || state.waiting.count < maximumWaiting else { return false }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Hands the place to who has waited longest.
    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume(returning: true)
    }
}
