/// The little of protobuf's wire format that an ONNX file needs.
/// Source: https://protobuf.dev/programming-guides/encoding
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field << 3))
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field << 3 | 5))
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func string(_ field: Int, _ value: String) { data(field, value.utf8) }

    mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
        varint(UInt64(field << 3 | 2))
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func data(_ field: Int, _ value: [Float]) {
        value.withUnsafeBytes { data(field, $0) }
    }

    /// A message within; written in place, its length put in front once it is known.
    mutating func message(_ field: Int, _ body: (inout ProtobufWriter) -> Void) {
        varint(UInt64(field << 3 | 2))
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.lengthBytes))
        body(&self)
        var rest = bytes.count - start - Self.lengthBytes
        for place in 0..<Self.lengthBytes {
            let more: UInt8 = place < Self.lengthBytes - 1 ? 0x80 : 0
            bytes[start + place] = UInt8(rest & 0x7f) | more
            rest >>= 7
        }
    }

    /// Bytes of a message's length: a varint filled up to this size, enough for 32 GiB.
    private static let lengthBytes = 5

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
