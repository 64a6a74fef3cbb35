/// Where the numbers of a tensor lie in a Caffe model; checked when made, so that reading cannot leave the file.
struct CaffeBlob: Sendable {
    /// How many axes a tensor may have, as in Caffe.
    static let axisLimit = 32

    /// The length of each axis, outermost first.
    let shape: [Int]
    /// Whether the file gives four numbers instead of a shape.
    private let isLegacy: Bool
    /// One piece, or a piece a number.
    private let pieces: [Range<Int>]

    /// Reads the message in `range`.
    ///
    /// - Parameter name: what the tensor is called, for errors.
    /// - Throws: `truncated`, `malformed` or `unsupported`.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ name: String) throws(WeightFileError.Reason) {
        let blob = try ProtobufMessage(
            bytes, range, "a tensor",
            [1: .integer, 2: .integer, 3: .integer, 4: .integer, 5: .fractions, 7: .bytes, 8: .doubles],
            skippingOthers: true)
        guard blob.ranges[8] == nil else { throw .unsupported("tensor '\(name)' of 64-bit numbers") }
        if let place = blob.range(7) {
            isLegacy = false
            let message = try ProtobufMessage(bytes, place, "a shape", [1: .integers], skippingOthers: true)
            shape = message.integers[1] ?? []
        } else {
            isLegacy = true
            shape = (1...4).map { blob.integer($0) ?? 0 }
        }
        pieces = blob.ranges[5] ?? []
        let count = pieces.reduce(0) { $0 + $1.count }
        guard shape.count <= Self.axisLimit, let elements = WeightTensor.elementCount(of: shape),
            count % 4 == 0, elements == count / 4
        else { throw .malformed("tensor '\(name)' has \(count) bytes for shape \(shape.prefix(Self.axisLimit))") }
    }

    /// Whether this is its shape.
    func has(_ other: [Int]) -> Bool {
        guard isLegacy, other.count <= 4 else { return shape == other }
        return shape == Array(repeating: 1, count: 4 - other.count) + other
    }

    /// The numbers, in row-major order.
    func values(in bytes: UnsafeRawBufferPointer) -> [Float] {
        let count = pieces.reduce(0) { $0 + $1.count }
        return [Float](unsafeUninitializedCapacity: count / 4) { target, initialized in
            var rest = UnsafeMutableRawBufferPointer(target)
            for piece in pieces {
                rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[piece]))
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[piece.count...])
            }
            initialized = count / 4
        }
    }
}
