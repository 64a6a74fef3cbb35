import CPostgres
import Foundation

/// The rows of a result, in PostgreSQL's binary form. Used where it was made.
final class PostgresRows {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) { self.result = result }
    deinit { PQclear(result) }

    var count: Int { Int(PQntuples(result)) }
    var indices: Range<Int> { 0..<count }

    /// Rows that a statement without a result has changed.
    var changed: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    func map<Value>(_ transform: (Row) throws -> Value) rethrows -> [Value] {
        try indices.map { try transform(Row(rows: self, number: Int32($0))) }
    }

    var first: Row? { count > 0 ? Row(rows: self, number: 0) : nil }

    /// `nil` for null.
    fileprivate func field(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    struct Row {
        fileprivate let rows: PostgresRows
        fileprivate let number: Int32
    }
}

/// Columns by their place. A column of another type or length than is asked for is an error: tables may be others' work.
extension PostgresRows.Row {
    func int(_ column: Int32) throws -> Int64 {
        let field = try field(column)
        switch field.count {
        case 8: return Int64(bitPattern: field.number(at: 0, as: UInt64.self))
        case 4: return Int64(Int32(bitPattern: field.number(at: 0, as: UInt32.self)))
        default: throw Self.unfit(column)
        }
    }

    func double(_ column: Int32) throws -> Double {
        let field = try field(column, length: 8)
        return Double(bitPattern: field.number(at: 0, as: UInt64.self))
    }

    func bool(_ column: Int32) throws -> Bool { try field(column, length: 1)[0] != 0 }
    func text(_ column: Int32) throws -> String { String(decoding: try field(column), as: UTF8.self) }
    func bytes(_ column: Int32) throws -> Data { Data(try field(column)) }
    func isNull(_ column: Int32) -> Bool { rows.field(number, column) == nil }

    /// A `TIMESTAMPTZ`: microseconds since the year 2000.
    func date(_ column: Int32) throws -> Date {
        Date(timeIntervalSince1970: 946_684_800 + Double(try int(column)) / 1e6)
    }

    /// An array of `FLOAT8`.
    func doubles(_ column: Int32) throws -> [Float] {
        let field = try field(column)
        guard field.count >= 20, field.number(at: 0, as: UInt32.self) == 1, field.number(at: 8, as: UInt32.self) == 701
        else { throw Self.unfit(column) }
        let count = Int(field.number(at: 12, as: UInt32.self))
        // With a null among them it is shorter.
        guard field.count == 20 + 12 * count else { throw Self.unfit(column) }
        return [Float](unsafeUninitializedCapacity: count) { numbers, initialized in
            for index in 0..<count {
                numbers[index] = Float(Double(bitPattern: field.number(at: 24 + 12 * index, as: UInt64.self)))
            }
            initialized = count
        }
    }

    /// A vector of pgvector's.
    func vector(_ column: Int32) throws -> [Float] {
        let field = try field(column)
        guard field.count >= 4 else { throw Self.unfit(column) }
        let count = Int(field.number(at: 0, as: UInt16.self))
        guard field.count == 4 + 4 * count else { throw Self.unfit(column) }
        return [Float](unsafeUninitializedCapacity: count) { numbers, initialized in
            for index in 0..<count {
                numbers[index] = Float(bitPattern: field.number(at: 4 + 4 * index, as: UInt32.self))
            }
            initialized = count
        }
    }

    private func field(_ column: Int32, length: Int? = nil) throws -> UnsafeRawBufferPointer {
        guard let field = rows.field(number, column), length == nil || field.count == length else {
            throw Self.unfit(column)
        }
        return field
    }

    private static func unfit(_ column: Int32) -> PostgresError {
        PostgresError(state: "22000", message: "column \(column + 1) of a result is not of the type expected")
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
        Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
