import Foundation

/// Vectors as bytes: numbers of 32 bits, the lowest byte first.
enum VectorBytes {
    static func data(_ vector: [Float]) -> Data {
        vector.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
    }

    /// `nil` when there are not as many bytes as `dimensions` numbers have.
    static func vector(_ data: Data, dimensions: Int) -> [Float]? {
        guard data.count == 4 * dimensions else { return nil }
        return [Float](unsafeUninitializedCapacity: dimensions) { buffer, count in
            data.withUnsafeBytes { bytes in
                for index in 0..<dimensions {
                    let bits = bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    buffer[index] = Float(bitPattern: UInt32(littleEndian: bits))
                }
            }
            count = dimensions
        }
    }
}
