import CPostgres
import Crypto
import DeepFace
import Foundation

/// A database of a PostgreSQL server: reads, and writes that are done as a whole or not at all.
final class PostgresDatabase: Sendable {
    let address: StoreAddress
    private let pool: PostgresPool

    /// Seconds until a connection that is not made counts as failed, unless the address says `connect_timeout`.
    private static let timeout = 10.0

    /// - Throws: `invalidOption` when the address is none of a PostgreSQL database.
    init(_ address: StoreAddress) throws(DeepFaceError) {
        self.address = address
        // A URL, or words as `host=… dbname=…`.
        let url = address.rest.hasPrefix("//") ? "postgres:\(address.rest)" : address.rest
        // libpq's own messages would quote what it takes for a host or a port, and that may be half a password.
        guard Self.isPlain(address.rest), let options = Self.options(url),
            (options["port"] ?? "").split(separator: ",").allSatisfy({ UInt16($0) != nil })
        else {
            throw DeepFaceError(
                .invalidOption, "is not the address of a PostgreSQL database", input: address.description,
                advice: "write \(address.scheme)://USER:PASSWORD@HOST:PORT/DATABASE, with %XX for special characters")
        }
        let seconds = options["connect_timeout"].flatMap(Double.init) ?? 0
        pool = PostgresPool(url, timeout: seconds > 0 ? seconds : Self.timeout)
    }

    /// Whether the only `@` of a URL is the one before the host.
    private static func isPlain(_ rest: String) -> Bool {
        guard rest.hasPrefix("//") else { return true }
        let parts = rest.dropFirst(2).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return parts[0].count { $0 == "@" } <= 1 && parts.dropFirst().allSatisfy { !$0.contains("@") }
    }

    /// What an address says; `nil` when it cannot be read.
    private static func options(_ url: String) -> [String: String]? {
        guard let first = PQconninfoParse(url, nil) else { return nil }
        defer { PQconninfoFree(first) }
        var options: [String: String] = [:]
        var option = first
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { options[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return options
    }

    /// Runs `body`, which changes nothing; once more when the connection broke.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(DeepFaceError) -> Value {
        try await retrying(body)
    }

    /// Runs all of `body` or nothing of it; once more when the connection broke. So `body`, done twice, must leave what
    /// it leaves when done once: a server may break down between doing it and saying so.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(DeepFaceError) -> Value {
        try await retrying { connection in
            try connection.run("BEGIN")
            do {
                let value = try body(connection)
                try connection.run("COMMIT")
                return value
            } catch {
                try? connection.run("ROLLBACK")
                throw error
            }
        }
    }

    /// Runs `body` at the first connection. A server that is not there is not waited for.
    func setUp(_ body: @escaping @Sendable (PostgresConnection) throws -> Void) async throws(DeepFaceError) {
        do {
            try await pool.run(body)
        } catch {
            throw failure(error)
        }
    }

    private func retrying<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(DeepFaceError) -> Value {
        do {
            do {
                return try await pool.run(body)
            } catch let error as PostgresError where error.isCollision {
                return try await pool.run(body)
            } catch let error as PostgresError where error.isLost {
                // It was there when the store was opened, and may be on its way up again.
                await pool.forgetIdle()
                return try await pool.run(isPatient: true, body)
            }
        } catch {
            throw failure(error)
        }
    }

    // MARK: Errors

    private func failure(_ error: any Error) -> DeepFaceError {
        switch error {
        case let error as DeepFaceError: return error
        case is CancellationError: return DeepFaceError(.cancelled, "the task was cancelled")
        case let error as PostgresError: return failure(error)
        default: return DeepFaceError(.storeUnavailable, "it cannot be used: \(error)", input: address.description)
        }
    }

    private func failure(_ error: PostgresError) -> DeepFaceError {
        func unavailable(_ message: String, _ advice: String?) -> DeepFaceError {
            DeepFaceError(.storeUnavailable, message, input: address.description, advice: advice)
        }
        if Task.isCancelled { return DeepFaceError(.cancelled, "the task was cancelled") }
        switch error.state {
        case "28P01", "28000", "28P02":
            return unavailable(
                "the server refuses the user or the password: \(error.message)",
                "check both in the address, or the server's pg_hba.conf")
        case "3D000":
            return unavailable(error.message, "make it with: createdb")
        case "42501", "0LP01":
            return unavailable(
                "the user lacks rights: \(error.message)", "have its owner grant them; see Docs/stores.md")
        case "25006": return unavailable("the server takes no changes: it is a replica", "use the primary's address")
        case "53100": return unavailable("the server's disk is full; nothing was changed", "make room and try again")
        case "53300": return unavailable("the server has no connection left", "try again, or raise max_connections")
        case "57014": return unavailable("the server stopped the statement: \(error.message)", "try again")
        case nil:
            return unavailable(
                "the server cannot be reached: \(error.message)", "check that it runs, and the address")
        case let state? where error.isLost || state.hasPrefix("53") || error.isCollision || state == "55P03":
            return unavailable("the server is not ready: \(error.message)", "try again")
        case let state?:
            return DeepFaceError(
                .storeInconsistent, "the database is not as it should be: \(error.message) [\(state)]",
                input: address.description)
        }
    }
}
