/// Caffe models built byte by byte, in protobuf's wire format.
enum CaffeFixture {
    static func varint(_ value: Int) -> [UInt8] {
        var (bytes, rest) = ([UInt8](), UInt64(bitPattern: Int64(value)))
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func integer(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }

    static func message(_ field: Int, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(content.count) + content
    }

    static func layer(_ name: String, _ kind: String = "Convolution", _ blobs: [UInt8]...) -> [UInt8] {
        var content = message(1, Array(name.utf8))
        content += message(2, Array(kind.utf8))
        for blob in blobs { content += message(7, blob) }
        // Parameters, which nobody reads.
        content += message(106, integer(1, 32) + message(7, [1, 2, 3]))
        content += integer(10, 1)
        return message(100, content)
    }

    /// A tensor of 0, 1, 2 and so on, with a shape of its own.
    static func blob(_ shape: [Int], count: Int? = nil) -> [UInt8] {
        var numbers: [UInt8] = []
        for number in 0..<(count ?? shape.reduce(1, *)) { numbers += littleEndian(Float(number).bitPattern) }
        var lengths: [UInt8] = []
        for length in shape { lengths += varint(length) }
        return message(5, numbers) + message(7, message(1, lengths))
    }

    /// The same as older files have it: four lengths, and each number a field of its own.
    static func legacyBlob(_ shape: [Int]) -> [UInt8] {
        var content: [UInt8] = []
        for (index, length) in shape.enumerated() { content += integer(index + 1, length) }
        for number in 0..<shape.reduce(1, *) {
            content.append(0x2d)
            content += littleEndian(Float(number).bitPattern)
        }
        return content
    }

    static func model(_ layers: [UInt8]...) -> [UInt8] {
        var content = message(1, Array("small".utf8))
        for layer in layers { content += layer }
        return content
    }
}
