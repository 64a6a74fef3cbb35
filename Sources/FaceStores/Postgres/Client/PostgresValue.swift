import Foundation

/// A parameter of a statement, in PostgreSQL's binary form.
enum PostgresValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case bytes(Data)
    case ints([Int64])
    case texts([String])
    /// A vector of pgvector's. Its type's number differs between databases: the statement names the type.
    case vector([Float])

    /// The type's number, from the server's pg_type.dat; 0: as the statement says.
    var type: UInt32 {
        switch self {
        case .null, .vector: 0
        case .bool: 16
        case .bytes: 17
        case .int: 20
        case .text: 25
        case .double: 701
        case .texts: 1009
        case .ints: 1016
        }
    }

    /// `nil` for null.
    var content: [UInt8]? {
        if case .null = self { return nil }
        var buffer = CopyBuffer()
        buffer.append(content: self)
        return buffer.bytes
    }
}
