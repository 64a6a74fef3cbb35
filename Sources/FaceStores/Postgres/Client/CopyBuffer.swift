import Foundation

/// Rows for `COPY … FROM STDIN (FORMAT binary)`, and binary values in general: numbers with the highest byte first, each
/// field after its length in four bytes.
struct CopyBuffer {
    private(set) var bytes: [UInt8] = []

    /// What the server expects before the first row.
    static let head: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    /// … and after the last.
    static let tail: [UInt8] = [0xFF, 0xFF]

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func beginRow(fields: Int) { append(Int16(fields)) }

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(field: PostgresValue) {
        if case .null = field { return append(Int32(-1)) }
        let start = beginField()
        append(content: field)
        endField(start)
    }

    /// A field of what `write` appends.
    mutating func appendField(_ write: (inout [UInt8]) -> Void) {
        let start = beginField()
        write(&bytes)
        endField(start)
    }

    private mutating func beginField() -> Int {
        append(Int32(0))
        return bytes.count
    }

    private mutating func endField(_ start: Int) {
        let length = UInt32(bytes.count - start)
        for place in 0..<4 { bytes[start - 4 + place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(place))) }
    }

    mutating func append(field text: [UInt8]) {
        append(Int32(text.count))
        bytes.append(contentsOf: text)
    }

    /// Numbers as an array of `FLOAT8`.
    mutating func append(doubles vector: [Float]) {
        append(Int32(20 + 12 * vector.count))
        appendArrayHead(type: 701, count: vector.count)
        appendNumbers(count: vector.count, width: 12) { place, index in
            place.storeBytes(of: UInt32(8).bigEndian, as: UInt32.self)
            place.storeBytes(of: Double(vector[index]).bitPattern.bigEndian, toByteOffset: 4, as: UInt64.self)
        }
    }

    /// Numbers as an array of `INT4`.
    mutating func append(int32s numbers: [Int32]) {
        append(Int32(20 + 8 * numbers.count))
        appendArrayHead(type: 23, count: numbers.count)
        for number in numbers {
            append(Int32(4))
            append(number)
        }
    }

    mutating func append(content value: PostgresValue) {
        switch value {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int(let value): append(value)
        case .double(let value): append(value.bitPattern)
        case .text(let value): bytes.append(contentsOf: value.utf8)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .ints(let values):
            appendArrayHead(type: 20, count: values.count)
            for value in values {
                append(Int32(8))
                append(value)
            }
        case .texts(let values):
            appendArrayHead(type: 25, count: values.count)
            for value in values {
                append(Int32(value.utf8.count))
                bytes.append(contentsOf: value.utf8)
            }
        case .vector(let vector):
            append(UInt16(vector.count))
            append(UInt16(0))
            appendNumbers(count: vector.count, width: 4) { place, index in
                place.storeBytes(of: vector[index].bitPattern.bigEndian, as: UInt32.self)
            }
        }
    }

    /// One dimension, no nulls, counted from 1.
    private mutating func appendArrayHead(type: UInt32, count: Int) {
        for number in [Int32(1), 0, Int32(bitPattern: type), Int32(count), 1] { append(number) }
    }

    /// All at once: there are hundreds a row.
    private mutating func appendNumbers(
        count: Int, width: Int, _ store: (UnsafeMutableRawPointer, Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(byteCount: count * width, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            for index in 0..<count { store(base + index * width, index) }
            bytes.append(contentsOf: buffer)
        }
    }
}
