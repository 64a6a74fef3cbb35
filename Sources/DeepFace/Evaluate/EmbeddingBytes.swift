import Foundation

/// An embedding in JSON: the bytes of its numbers, least significant first, in base64, so that it comes back bit for bit.
struct EmbeddingBytes: Codable, Sendable {
    let numbers: [Float]

    init(_ numbers: [Float]) { self.numbers = numbers }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let data = try container.decode(Data.self)
        guard data.count % 4 == 0 else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "cut off")
        }
        numbers = data.withUnsafeBytes { bytes in
            stride(from: 0, to: data.count, by: 4).map { place in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(
            numbers.reduce(into: Data()) { data, number in
                withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            })
    }
}
