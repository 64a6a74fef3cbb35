import Foundation

/// A value in Thrift's compact protocol, as far as Parquet's headers have them.
enum ThriftValue: Sendable {
    case int32(Int)
    case int64(Int)
    case text(String)
    case list([ThriftValue])
    /// Fields by their numbers, ascending.
    case fields(KeyValuePairs<Int, ThriftValue>)

    var bytes: Data {
        var bytes = Data()
        write(to: &bytes)
        return bytes
    }

    private var type: UInt8 {
        switch self {
        case .int32: 5
        case .int64: 6
        case .text: 8
        case .list: 9
        case .fields: 12
        }
    }

    private func write(to bytes: inout Data) {
        switch self {
        case .int32(let value), .int64(let value): Self.write((value << 1) ^ (value >> 63), to: &bytes)
        case .text(let text):
            Self.write(text.utf8.count, to: &bytes)
            bytes += Data(text.utf8)
        case .list(let values):
            let type = values.first?.type ?? 12
            if values.count < 15 {
                bytes.append(UInt8(values.count << 4) | type)
            } else {
                bytes.append(0xF0 | type)
                Self.write(values.count, to: &bytes)
            }
            for value in values { value.write(to: &bytes) }
        case .fields(let fields):
            var last = 0
            for (number, value) in fields {
                bytes.append(UInt8((number - last) << 4) | value.type)
                value.write(to: &bytes)
                last = number
            }
            bytes.append(0)
        }
    }

    /// Seven bits a byte, the lowest first.
    static func write(_ value: Int, to bytes: inout Data) {
        var rest = UInt(bitPattern: value)
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
