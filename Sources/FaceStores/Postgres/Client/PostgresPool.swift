import DeepFace
import Foundation

/// Connections to one server, made as they are needed and used again.
actor PostgresPool {
    private let address: String
    private let timeout: Double
    private var idle: [PostgresConnection] = []
    /// Those that are used or being made.
    private var busy = 0
    /// Who waits for one; gets one, or leave to make one.
    private var waiting: [CheckedContinuation<PostgresConnection?, Never>] = []

    /// Servers allow about a hundred for all their users.
    private static let limit = 8

    init(_ address: String, timeout: Double) { (self.address, self.timeout) = (address, timeout) }

    /// Runs `body` on a connection's own thread.
    ///
    /// - Parameter isPatient: whether a server that cannot be reached is waited for: it may be on its way up again.
    func run<Value: Sendable>(
        isPatient: Bool = false, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let connection = try await take(isPatient: isPatient)
        let result = await withTaskCancellationHandler {
            await connection.thread.run { () -> (value: Result<Value, any Error>, isGood: Bool) in
                let value = Result { try body(connection) }
                return (value, connection.isGood)
            }
        } onCancel: {
            connection.cancel()
        }
        // From here on nobody cancels it any more.
        giveBack(result.isGood && !connection.wasCancelled ? connection : nil)
        return try result.value.get()
    }

    /// Forgets the connections nobody uses: when one broke, the others are likely to have.
    func forgetIdle() { idle = [] }

    private func take(isPatient: Bool) async throws -> PostgresConnection {
        var given: PostgresConnection?
        if let last = idle.popLast() {
            given = last
            busy += 1
        } else if busy < Self.limit {
            busy += 1
        } else {
            // Who gives one back leaves it counted as busy.
            given = await withCheckedContinuation { waiting.append($0) }
        }
        if let given { return given }
        do {
            return try await connect(isPatient: isPatient)
        } catch {
            giveBack(nil)
            throw error
        }
    }

    private func giveBack(_ connection: PostgresConnection?) {
        if waiting.isEmpty {
            busy -= 1
            if let connection { idle.append(connection) }
        } else {
            waiting.removeFirst().resume(returning: connection)
        }
    }

    private func connect(isPatient: Bool) async throws -> PostgresConnection {
        let end = ContinuousClock.now + .seconds(isPatient ? timeout : 0)
        while true {
            let thread = JobThread(name: "postgres")
            let (address, timeout) = (address, timeout)
            let made = await thread.run { Result { try PostgresConnection(address, timeout: timeout, thread: thread) } }
            switch made {
            case .success(let connection): return connection
            case .failure(let error as PostgresError) where error.isLost && ContinuousClock.now < end:
                try await Task.sleep(for: .milliseconds(200))
            case .failure(let error): throw error
            }
        }
    }
}
