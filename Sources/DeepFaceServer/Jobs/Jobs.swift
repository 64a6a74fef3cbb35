import DeepFace
import Foundation
import Synchronization

/// Work that takes longer than a client waits: it gets a number, and is asked for until it is done.
///
/// A few are under way at once; more are turned away. What is done is kept for a while, the newest of it.
package final class Jobs: Sendable {
    /// Under way at once, and kept when done.
    private static let (running, kept) = (2, 32)

    private let state = Mutex(State())

    package init() {}

    private struct State {
        var jobs: [UUID: Job] = [:]
        /// In the order they were begun.
        var order: [UUID] = []
        var isClosed = false
    }

    private struct Job {
        let kind: String
        let started = Date()
        var task: Task<Void, Never>?
        var progress = 0.0
        var outcome: Result<any Encodable & Sendable, Problem>?
    }

    /// Begins a job.
    ///
    /// - Parameter work: is told of by what it hands to its argument, the share that is done.
    /// - Returns: its number.
    /// - Throws: `busy`, `closing_down`.
    package func begin(
        _ kind: String,
        _ work: @escaping @Sendable (@escaping @Sendable (Double) -> Void) async throws -> any Encodable & Sendable
    ) throws(Problem) -> UUID {
        let id = UUID()
        let refusal = state.withLock { state -> Problem? in
            if state.isClosed { return .unavailable("closing_down", "the server is closing down", retryAfter: 10) }
            guard state.jobs.values.count(where: { $0.outcome == nil }) < Self.running else {
                return .busy("\(Self.running) jobs are under way already; try again when one is done", retryAfter: 10)
            }
            state.jobs[id] = Job(kind: kind)
            state.order.append(id)
            // Under the lock, so that closing finds the task.
            state.jobs[id]?.task = Task { [self] in
                let outcome: Result<any Encodable & Sendable, Problem>
                do {
                    outcome = .success(try await work { [self] progress in note(progress, of: id) })
                } catch {
                    outcome = .failure(Problem(ofJob: error))
                }
                end(id, outcome)
            }
            return nil
        }
        if let refusal { throw refusal }
        return id
    }

    /// How a job stands; `nil` where none has this number, or no longer.
    package func report(_ id: UUID) -> JobReport? {
        state.withLock { state in
            state.jobs[id].map {
                JobReport(id: id, kind: $0.kind, started: $0.started, progress: $0.progress, outcome: $0.outcome)
            }
        }
    }

    /// Calls off what is under way, and takes no more.
    package func close() {
        state.withLock { state in
            state.isClosed = true
            for job in state.jobs.values { job.task?.cancel() }
        }
    }

    private func note(_ progress: Double, of id: UUID) {
        state.withLock { $0.jobs[id]?.progress = progress }
    }

    private func end(_ id: UUID, _ outcome: Result<any Encodable & Sendable, Problem>) {
        state.withLock { state in
            state.jobs[id]?.outcome = outcome
            state.jobs[id]?.task = nil
            let done = state.order.filter { state.jobs[$0]?.outcome != nil }
            for old in done.dropLast(Self.kept) {
                state.jobs[old] = nil
                state.order.removeAll { $0 == old }
            }
        }
    }
}

extension Problem {
    fileprivate init(ofJob error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as DeepFaceError: self.init(error)
        default: self.init(.internalServerError, "engine", "the job failed")
        }
    }
}
