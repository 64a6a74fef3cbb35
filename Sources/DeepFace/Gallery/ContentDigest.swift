import Crypto

/// The SHA-256 of a photo's bytes, as it lies in a gallery's rows.
package struct ContentDigest: Sendable, Hashable, BitwiseCopyable {
    private var (first, second, third, fourth): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Of no photo: for files too large to be read.
    init() {}

    package init(of bytes: some Sequence<UInt8>) {
        withUnsafeMutableBytes(of: &self) { target in target.copyBytes(from: Array(bytes.prefix(32))) }
    }

    init(_ digest: SHA256.Digest) { self.init(of: digest) }

    private static let digits = Array("0123456789abcdef".utf8)

    /// 64 hexadecimal digits.
    package var hexadecimal: String {
        String(unsafeUninitializedCapacity: 64) { text in
            withUnsafeBytes(of: self) { bytes in
                for (place, byte) in bytes.enumerated() {
                    text[2 * place] = Self.digits[Int(byte >> 4)]
                    text[2 * place + 1] = Self.digits[Int(byte & 15)]
                }
            }
            return 64
        }
    }
}

extension ContentDigest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let digits = Array(try container.decode(String.self).utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
        }
        guard digits.count == 64, bytes.count == 32 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a SHA-256")
        }
        self.init(of: bytes)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }
}
