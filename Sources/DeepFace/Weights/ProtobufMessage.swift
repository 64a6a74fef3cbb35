/// The fields of one message in protobuf's wire format, each where it lies in the file.
///
/// Source: https://protobuf.dev/programming-guides/encoding
struct ProtobufMessage {
    /// What a field holds.
    enum Kind {
        case integer, fraction, bytes
        /// Repeated.
        case integers, fractions, doubles, list
    }

    private(set) var integers: [Int: [Int]] = [:]
    /// Where texts, numbers stored in one piece and messages within lie.
    private(set) var ranges: [Int: [Range<Int>]] = [:]

    /// Reads the fields of the message in `range`.
    ///
    /// - Parameters:
    ///   - fields: those that there may be. Libraries differ in what they make of any other, and of a field that comes
    ///     twice and is not a list; so both are refused.
    ///   - what: what the message is, for errors.
    ///   - skippingOthers: whether other fields are passed over instead, where nobody else reads the file.
    /// - Throws: `truncated`, `malformed` or `unsupported`.
    init(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ what: String, _ fields: [Int: Kind],
        skippingOthers: Bool = false
    ) throws(WeightFileError.Reason) {
        var reader = try ByteReader(UnsafeRawBufferPointer(rebasing: bytes[..<range.upperBound]), at: range.lowerBound)
        while reader.remaining > 0 {
            let tag = try Self.varint(&reader)
            guard let kind = fields[Int(truncatingIfNeeded: tag >> 3)] else {
                guard skippingOthers else { throw .unsupported("field \(tag >> 3) of \(what)") }
                try Self.skip(tag, &reader, what)
                continue
            }
            let field = Int(tag >> 3)
            switch (kind, tag & 7) {
            case (.integer, 0), (.integers, 0): add(Int(bitPattern: UInt(try Self.varint(&reader))), to: field)
            case (.integers, 2):
                let count = try Self.length(&reader)
                var packed = try ByteReader(reader.take(count))
                while packed.remaining > 0 { add(Int(bitPattern: UInt(try Self.varint(&packed))), to: field) }
            case (.fraction, 5), (.fractions, 5): ranges[field, default: []].append(try reader.skip(4))
            case (.doubles, 1): ranges[field, default: []].append(try reader.skip(8))
            case (.bytes, 2), (.list, 2), (.fractions, 2), (.doubles, 2):
                let count = try Self.length(&reader)
                ranges[field, default: []].append(try reader.skip(count))
            default: throw .malformed("field \(field) of \(what) is of the wrong kind")
            }
        }
        for (field, kind) in fields {
            switch kind {
            case .integer, .fraction, .bytes:
                guard (integers[field]?.count ?? 0) + (ranges[field]?.count ?? 0) < 2 else {
                    throw .malformed("field \(field) of \(what) comes twice")
                }
            case .integers, .fractions, .doubles, .list: break
            }
        }
    }

    /// The number of a field; `nil` where it is not there.
    func integer(_ field: Int) -> Int? { integers[field]?.first }

    /// Where a field lies; `nil` where it is not there.
    func range(_ field: Int) -> Range<Int>? { ranges[field]?.first }

    /// A text, of at most 1,000 bytes; empty where it is not there.
    func text(_ field: Int, of bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) -> String {
        try range(field).map { range throws(WeightFileError.Reason) in try Self.text(range, of: bytes) } ?? ""
    }

    static func text(
        _ range: Range<Int>, of bytes: UnsafeRawBufferPointer
    ) throws(WeightFileError.Reason) -> String {
        guard range.count <= 1000, let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .malformed("a name that is none, at byte \(range.lowerBound)")
        }
        return text
    }

    private mutating func add(_ value: Int, to field: Int) { integers[field, default: []].append(value) }

    /// Passes over a field, whatever it holds.
    private static func skip(
        _ tag: UInt64, _ reader: inout ByteReader, _ what: String
    ) throws(WeightFileError.Reason) {
        switch tag & 7 {
        case 0: _ = try varint(&reader)
        case 1: _ = try reader.skip(8)
        case 2:
            let count = try length(&reader)
            _ = try reader.skip(count)
        case 5: _ = try reader.skip(4)
        default: throw .malformed("field \(tag >> 3) of \(what) is of no known kind")
        }
    }

    private static func length(_ reader: inout ByteReader) throws(WeightFileError.Reason) -> Int {
        let place = reader.offset
        guard let length = Int(exactly: try varint(&reader)) else { throw .malformed("a length at byte \(place)") }
        return length
    }

    /// A whole number: seven bits a byte, the lowest first.
    private static func varint(_ reader: inout ByteReader) throws(WeightFileError.Reason) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = try reader.integer(UInt8.self)
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed("a number of more than 64 bits before byte \(reader.offset)")
    }
}
