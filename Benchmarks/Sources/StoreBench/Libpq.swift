import CLibPQ
import Foundation

/// The driver alone, one call after the other.
final class Libpq {
    private let handle: OpaquePointer
    private var statements = 0

    struct Failed: Error { let message: String }

    init(_ address: String) throws {
        handle = PQconnectdb(address.replacing("pgvector:", with: "postgres:"))
        guard PQstatus(handle) == CONNECTION_OK else { throw Failed(message: String(cString: PQerrorMessage(handle))) }
    }

    deinit { PQfinish(handle) }

    func prepare(_ sql: String, parameters: Int32) throws {
        statements += 1
        PQclear(try check(PQprepare(handle, "s\(statements)", sql, parameters, nil)))
    }

    /// Runs what was prepared last.
    ///
    /// - Returns: the number of rows.
    func run(_ values: [[UInt8]]) throws -> Int {
        let lengths = values.map { Int32($0.count) }
        let formats = values.map { _ in Int32(1) }
        let joined: [UInt8] = Array(values.joined()) + [0]
        let result = joined.withUnsafeBytes { bytes in
            var place = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = values.map { value -> UnsafePointer<CChar>? in
                defer { place = place?.advanced(by: value.count) }
                return place
            }
            return PQexecPrepared(handle, "s\(statements)", Int32(values.count), pointers, lengths, formats, 1)
        }
        let rows = try check(result)
        defer { PQclear(rows) }
        return Int(PQntuples(rows))
    }

    /// - Returns: the first field.
    func once(_ sql: String) throws -> String {
        let result = try check(PQexec(handle, sql))
        defer { PQclear(result) }
        return PQntuples(result) > 0 ? String(cString: PQgetvalue(result, 0, 0)) : ""
    }

    /// What `COPY … TO STDOUT` gives.
    func copyOut(_ sql: String) throws -> [UInt8] {
        PQclear(try check(PQexec(handle, sql), PGRES_COPY_OUT))
        var bytes: [UInt8] = []
        var portion: UnsafeMutablePointer<CChar>?
        while true {
            let count = Int(PQgetCopyData(handle, &portion, 0))
            guard count > 0 else { break }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: portion, count: count))
            PQfreemem(portion)
        }
        try end()
        return bytes
    }

    /// Hands bytes to `COPY … FROM STDIN`.
    func copyIn(_ sql: String, _ bytes: [UInt8]) throws {
        PQclear(try check(PQexec(handle, sql), PGRES_COPY_IN))
        let portion = 1 << 16
        for start in stride(from: 0, to: bytes.count, by: portion) {
            let count = min(portion, bytes.count - start)
            _ = bytes.withUnsafeBytes { bytes in
                PQputCopyData(handle, bytes.bindMemory(to: CChar.self).baseAddress! + start, Int32(count))
            }
        }
        PQputCopyEnd(handle, nil)
        try end()
    }

    /// The end of a copy.
    private func end() throws {
        while let result = PQgetResult(handle) { PQclear(try check(result)) }
    }

    /// A vector as pgvector takes it.
    static func vector(_ numbers: [Float]) -> [UInt8] {
        var bytes = withUnsafeBytes(of: UInt16(numbers.count).bigEndian) { Array($0) } + [0, 0]
        for number in numbers { withUnsafeBytes(of: number.bitPattern.bigEndian) { bytes += $0 } }
        return bytes
    }

    private func check(
        _ result: OpaquePointer?, _ wanted: ExecStatusType = PGRES_COMMAND_OK
    ) throws -> OpaquePointer {
        let status = PQresultStatus(result)
        guard let result, status == wanted || status == PGRES_TUPLES_OK else {
            throw Failed(message: String(cString: PQerrorMessage(handle)))
        }
        return result
    }
}
