/// How many elements a dataset or an attribute has.
struct HDF5Dataspace {
    let count: Int

    init(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        let version = try reader.byte()
        let rank = Int(try reader.byte())
        let flags = try reader.byte()
        let kind = try reader.byte()
        switch version {
        case 1: _ = try reader.skip(4)
        case 2:
            guard (kind == 0 && rank == 0) || kind == 1 || (kind == 2 && rank == 0) else {
                throw .malformed("a dataspace of kind \(kind)")
            }
        default: throw .malformed("a dataspace of version \(version)")
        }
        // Flag 0: the lengths are followed by those the axes could grow to. No other is in use.
        guard rank <= Self.rankLimit, flags <= 1 else { throw .unsupported("\(rank) axes, flags \(flags)") }
        var shape: [Int] = []
        for _ in 0..<rank { shape.append(try reader.count(UInt64.self)) }
        for axis in 0..<(flags == 1 ? rank : 0) {
            guard try reader.integer(UInt64.self) >= UInt64(shape[axis]) else { throw .malformed("axis \(axis)") }
        }
        guard let count = WeightTensor.elementCount(of: shape) else { throw .malformed("shape \(shape)") }
        self.count = version == 2 && kind == 2 ? 0 : count
    }

    /// The most axes a dataset or an attribute may have.
    static let rankLimit = 8
}

/// What the elements of a dataset or an attribute are.
struct HDF5Datatype {
    enum Kind: Equatable {
        case integer
        case float
        case string
        /// In the file's global heap: the element is the length and the place there.
        case variableString
    }

    let kind: Kind
    /// How many bytes an element has.
    let size: Int

    init(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        let header = try reader.byte()
        guard (1...3).contains(header >> 4) else { throw .malformed("a datatype of version \(header >> 4)") }
        let bits = [try reader.byte(), try reader.byte(), try reader.byte()]
        size = Int(try reader.integer(UInt32.self))
        switch header & 0xf {
        case 0:
            // No more bits than byte order, padding and sign; all bits of all bytes in use.
            guard [1, 2, 4, 8].contains(size), bits[0] <= 0xf, bits[1] == 0, bits[2] == 0,
                try reader.integer(UInt16.self) == 0, try reader.integer(UInt16.self) == 8 * size
            else { throw .unsupported("an integer of an unusual form") }
            kind = .integer
        case 1:
            guard let properties = Self.floats[size], bits[0] & ~1 == 0x20, Int(bits[1]) == 8 * size - 1, bits[2] == 0,
                try reader.take(12).elementsEqual(properties)
            else { throw .unsupported("floating-point numbers of an unusual form") }
            kind = .float
        case 3:
            guard (1...0xffff).contains(size), Self.isText(bits[0]), bits[1] == 0, bits[2] == 0 else {
                throw .unsupported("a string of \(size) bytes")
            }
            kind = .string
        case 9:
            // Strings, not sequences; padding and character set as above, but in other bits.
            guard size == 16, bits[0] & 0xf == 1, bits[0] >> 4 <= 2, bits[1] <= 1, bits[2] == 0 else {
                throw .unsupported("sequences of any length")
            }
            try Self.character(&reader)
            kind = .variableString
        case let other:
            throw .unsupported("datatype class \(other)")
        }
    }

    /// What a string of any length consists of: single bytes, as a string or as numbers.
    private static func character(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        let header = try reader.byte()
        let bits = try reader.take(3)
        guard (1...3).contains(header >> 4), try reader.integer(UInt32.self) == 1, bits[1] == 0, bits[2] == 0 else {
            throw .unsupported("strings of an unusual form")
        }
        switch header & 0xf {
        case 0:
            // No bits left out, eight in use.
            let isByte = try reader.take(4).elementsEqual([0, 0, 8, 0])
            guard isByte, bits[0] <= 0xf else { throw .unsupported("strings of an unusual form") }
        case 3 where isText(bits[0]): break
        default: throw .unsupported("strings of an unusual form")
        }
    }

    /// Padding with zero bytes (0, 1) or spaces (2); ASCII (0) or UTF-8 (1).
    private static func isText(_ bits: UInt8) -> Bool { bits & 0xf <= 2 && bits >> 4 <= 1 }

    /// The properties of IEEE 754 numbers by size: bit offset and precision, exponent's place and size, mantissa's,
    /// bias.
    private static let floats: [Int: [UInt8]] = [
        2: [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0],
        4: [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0],
        8: [0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0],
    ]
}
