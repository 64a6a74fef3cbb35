/// The type of a PyTorch storage's elements.
enum TorchScalar: Sendable {
    case float64
    case float32
    case float16
    case bfloat16
    case int64
    case int32
    case int16
    case int8
    case uint8
    case bool

    /// The type kept in a storage class such as `FloatStorage`; `nil` for classes that are not supported.
    init?(storage name: String) {
        switch name {
        case "DoubleStorage": self = .float64
        case "FloatStorage": self = .float32
        case "HalfStorage": self = .float16
        case "BFloat16Storage": self = .bfloat16
        case "LongStorage": self = .int64
        case "IntStorage": self = .int32
        case "ShortStorage": self = .int16
        case "CharStorage": self = .int8
        case "ByteStorage": self = .uint8
        case "BoolStorage": self = .bool
        default: return nil
        }
    }

    /// Bytes of one element.
    var size: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16, .int16: 2
        case .int8, .uint8, .bool: 1
        }
    }
}
