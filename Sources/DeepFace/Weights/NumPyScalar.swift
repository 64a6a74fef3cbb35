/// A type of single numbers of NumPy, by its code.
enum NumPyScalar: String, Sendable {
    case float64 = "f8"
    case float32 = "f4"
    case int64 = "i8"
    case int32 = "i4"
    case int16 = "i2"
    case int8 = "i1"
    case uint64 = "u8"
    case uint32 = "u4"
    case uint16 = "u2"
    case uint8 = "u1"
    case bool = "b1"

    /// Bytes of the largest.
    static let largest = 8

    /// The number in `bytes`, lowest first; `nil` when they are not as many as it has, or it does not fit.
    func value(_ bytes: [UInt8]) -> PickleValue? {
        func integer<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
            guard bytes.count == MemoryLayout<Value>.size else { return nil }
            return bytes.reversed().reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
        }
        func whole<Value: FixedWidthInteger>(_ type: Value.Type) -> PickleValue? {
            integer(type).flatMap { Int(exactly: $0) }.map { .integer($0) }
        }
        switch self {
        case .float64: return integer(UInt64.self).map { .real(Double(bitPattern: $0)) }
        case .float32: return integer(UInt32.self).map { .real(Double(Float(bitPattern: $0))) }
        case .int64: return whole(Int64.self)
        case .int32: return whole(Int32.self)
        case .int16: return whole(Int16.self)
        case .int8: return whole(Int8.self)
        case .uint64: return whole(UInt64.self)
        case .uint32: return whole(UInt32.self)
        case .uint16: return whole(UInt16.self)
        case .uint8: return whole(UInt8.self)
        case .bool: return bytes.count == 1 ? .bool(bytes[0] != 0) : nil
        }
    }
}
