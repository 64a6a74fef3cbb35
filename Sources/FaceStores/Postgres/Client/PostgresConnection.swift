import CPostgres
import Foundation
import Synchronization

/// One connection to a server, by libpq. All calls block; they are made on `thread`.
final class PostgresConnection: @unchecked Sendable {
    // Safe: everything that changes is touched on `thread` only, but for `isCancelled`, which is behind a lock, and
    // `canceller`, which libpq lets any thread use.
    let thread: JobThread
    private let handle: OpaquePointer
    private let canceller: OpaquePointer?
    private let isCancelled = Mutex(false)
    private var statements: [String: String] = [:]
    private var settings: [String: String] = [:]

    /// Connects; on `thread`.
    ///
    /// - Parameters:
    ///   - address: a `postgres://` URL.
    ///   - seconds: how long that may take.
    init(_ address: String, timeout seconds: Double, thread: JobThread) throws {
        self.thread = thread
        // What the address says overrides what stands before it.
        let parameters = [
            ("application_name", "deepface"), ("keepalives_idle", "30"), ("tcp_user_timeout", "30000"),
            ("dbname", address), ("client_encoding", "UTF8"),
        ]
        let names = parameters.map { strdup($0.0) } + [nil]
        let values = parameters.map { strdup($0.1) } + [nil]
        defer { for text in names + values { free(text) } }
        let handle = names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectStartParams(names.baseAddress, values.baseAddress, 1)
            }
        }
        guard let handle else { throw PostgresError(state: "53200", message: "there is no memory for a connection") }
        do {
            try Self.wait(for: handle, seconds)
        } catch {
            PQfinish(handle)
            throw error
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        self.handle = handle
        canceller = PQgetCancel(handle)
    }

    deinit {
        PQfreeCancel(canceller)
        PQfinish(handle)
    }

    private static func wait(for handle: OpaquePointer, _ seconds: Double) throws {
        // So that the message tells the state.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let end = ContinuousClock.now + .seconds(seconds)
        var status = PGRES_POLLING_WRITING
        while PQstatus(handle) != CONNECTION_BAD, status != PGRES_POLLING_OK, status != PGRES_POLLING_FAILED {
            let left = (end - ContinuousClock.now) / .milliseconds(1)
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var socket = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            guard left > 0, poll(&socket, 1, Int32(left.rounded(.up))) != 0 else {
                throw PostgresError(state: nil, message: "it does not answer within \(Int(seconds)) s", isLost: true)
            }
            status = PQconnectPoll(handle)
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            throw PostgresError(refused: String(cString: PQerrorMessage(handle)))
        }
    }

    var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// Whether it can be used again.
    var isGood: Bool {
        PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE && !wasCancelled
    }

    var wasCancelled: Bool { isCancelled.withLock { $0 } }

    /// Has the server stop what it is doing for this connection, which is good for nothing afterwards: the server may
    /// hear of it late. May be called on any thread, and does not wait.
    func cancel() {
        isCancelled.withLock { $0 = true }
        Thread.detachNewThread { [self] in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
                _ = PQcancel(canceller, message.baseAddress, 256)
            }
        }
    }

    // MARK: Statements

    /// Runs a statement, which the server keeps prepared.
    @discardableResult
    func execute(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresRows {
        let name: String
        if let known = statements[sql] {
            name = known
        } else {
            name = "deepface_\(statements.count)"
            let types = values.map(\.type)
            try check { PQprepare(handle, name, sql, Int32(types.count), types) }
            statements[sql] = name
        }
        return try withParameters(values) { values, lengths, formats, count in
            PQexecPrepared(handle, name, count, values, lengths, formats, 1)
        }
    }

    /// Runs a statement once.
    @discardableResult
    func executeOnce(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresRows {
        let types = values.map(\.type)
        return try withParameters(values) { values, lengths, formats, count in
            PQexecParams(handle, sql, count, types, values, lengths, formats, 1)
        }
    }

    /// Runs statements without parameters, one after the other.
    func run(_ sql: String) throws { try check { PQexec(handle, sql) } }

    /// Changes a setting for as long as the connection lives.
    func set(_ name: String, _ value: String) throws {
        if settings[name] == value { return }
        try executeOnce("SELECT set_config($1, $2, false)", [.text(name), .text(value)])
        settings[name] = value
    }

    /// Puts rows into a table.
    ///
    /// - Parameters:
    ///   - target: the table and its columns.
    ///   - append: appends row number so-and-so to what is sent.
    func copy(into target: String, rows: Int, _ append: (inout CopyBuffer, Int) throws -> Void) throws {
        let started = try raw { PQexec(handle, "COPY \(target) FROM STDIN (FORMAT binary)") }
        let status = PQresultStatus(started)
        PQclear(started)
        guard status == PGRES_COPY_IN else { throw failure(nil) }
        var buffer = CopyBuffer()
        buffer.reserve(Self.portion * 2)
        do {
            try send(CopyBuffer.head)
            for row in 0..<rows {
                try append(&buffer, row)
                if buffer.bytes.count > Self.portion {
                    try send(buffer.bytes)
                    buffer.clear()
                }
            }
            try send(buffer.bytes + CopyBuffer.tail)
        } catch {
            PQputCopyEnd(handle, "stopped")
            while let result = PQgetResult(handle) { PQclear(result) }
            throw error
        }
        PQputCopyEnd(handle, nil)
        var problem: PostgresError?
        while let result = PQgetResult(handle) {
            if PQresultStatus(result) != PGRES_COMMAND_OK, problem == nil { problem = failure(result) }
            PQclear(result)
        }
        if let problem { throw problem }
    }

    /// Bytes of a copy that are sent at a time: few, so that the server works on some while the next are written.
    private static let portion = 1 << 16

    private func send(_ bytes: [UInt8]) throws {
        try refuseCancelled()
        let sent = bytes.withUnsafeBytes { buffer in
            PQputCopyData(handle, buffer.bindMemory(to: CChar.self).baseAddress, Int32(buffer.count))
        }
        if sent != 1 { throw failure(nil) }
    }

    // MARK: Results

    private func withParameters(
        _ values: [PostgresValue],
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
        ) -> OpaquePointer?
    ) throws -> PostgresRows {
        // All in one piece of memory, so that one pointer holds them all; not empty, so that there is one.
        var joined: [UInt8] = []
        var places: [Int?] = []
        var lengths: [Int32] = []
        for value in values {
            let content = value.content
            places.append(content == nil ? nil : joined.count)
            lengths.append(Int32(content?.count ?? 0))
            joined += content ?? []
        }
        joined.append(0)
        let formats = [Int32](repeating: 1, count: values.count)
        return try check {
            joined.withUnsafeBytes { bytes in
                let base = bytes.bindMemory(to: CChar.self).baseAddress
                let pointers = places.map { place in place.flatMap { base?.advanced(by: $0) } }
                return body(pointers, lengths, formats, Int32(values.count))
            }
        }
    }

    @discardableResult
    private func check(_ call: () -> OpaquePointer?) throws -> PostgresRows {
        let result = try raw(call)
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return PostgresRows(result)
        default:
            defer { PQclear(result) }
            throw failure(result)
        }
    }

    private func raw(_ call: () -> OpaquePointer?) throws -> OpaquePointer {
        try refuseCancelled()
        guard let result = call() else { throw failure(nil) }
        return result
    }

    private func refuseCancelled() throws {
        if wasCancelled { throw CancellationError() }
    }

    private func failure(_ result: OpaquePointer?) -> PostgresError {
        let isLost = PQstatus(handle) != CONNECTION_OK
        guard let result else {
            return PostgresError(state: nil, message: String(cString: PQerrorMessage(handle)), isLost: isLost)
        }
        func field(_ letter: Character) -> String? {
            PQresultErrorField(result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
        }
        return PostgresError(
            state: field("C"), message: field("M") ?? String(cString: PQresultErrorMessage(result)), isLost: isLost)
    }
}
