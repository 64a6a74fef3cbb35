/// Where the elements of a tensor lie in a checkpoint; checked when made, so that reading cannot leave the file.
struct TorchTensorLayout: Sendable {
    /// How many axes a tensor may have.
    static let axisLimit = 8

    /// The type of the elements.
    let scalar: TorchScalar
    /// The position of the first element in the file, in bytes.
    let start: Int
    /// The length of each axis, outermost first.
    let shape: [Int]
    /// How many elements to move in the storage for one step along each axis; 0 for an axis of length 1.
    let strides: [Int]
    /// The number of elements.
    let count: Int

    /// The layout of a view of a storage.
    ///
    /// - Parameters:
    ///   - storage: the storage's bytes in the file; the caller has checked that the file has them.
    ///   - offset: the first element of the view, in elements.
    /// - Throws: `malformed` when the view leaves the storage, or has more elements than the storage.
    init(
        scalar: TorchScalar, storage: Range<Int>, offset: Int, shape: [Int], strides: [Int]
    ) throws(WeightFileError.Reason) {
        guard shape.count <= Self.axisLimit else { throw .unsupported("a tensor of \(shape.count) axes") }
        guard shape.count == strides.count, strides.allSatisfy({ $0 >= 0 }), offset >= 0 else {
            throw .malformed("impossible shape \(shape), strides \(strides), offset \(offset)")
        }
        let capacity = storage.count / scalar.size
        guard let count = WeightTensor.elementCount(of: shape), count <= capacity else {
            throw .malformed("shape \(shape) is more than its storage of \(capacity) elements holds")
        }
        self.scalar = scalar
        self.shape = shape
        self.strides = zip(shape, strides).map { length, stride in length > 1 ? stride : 0 }
        self.count = count
        guard count > 0 else {
            self.start = storage.lowerBound
            return
        }
        guard let last = Self.lastElement(offset: offset, shape: shape, strides: self.strides), last < capacity else {
            throw .malformed("strides \(strides) and offset \(offset) leave the storage of \(capacity) elements")
        }
        self.start = storage.lowerBound + offset * scalar.size
    }

    /// The highest element reached, `nil` on overflow. Every axis has at least one element.
    private static func lastElement(offset: Int, shape: [Int], strides: [Int]) -> Int? {
        var last = offset
        for (length, stride) in zip(shape, strides) {
            let (reach, overflow) = (length - 1).multipliedReportingOverflow(by: stride)
            let (sum, carry) = last.addingReportingOverflow(reach)
            if overflow || carry { return nil }
            last = sum
        }
        return last
    }

    /// Whether the elements follow each other in row-major order.
    private var isContiguous: Bool {
        var expected = 1
        for (length, stride) in zip(shape, strides).reversed() where length > 1 {
            if stride != expected { return false }
            expected *= length
        }
        return true
    }
}

// MARK: - Reading

extension TorchTensorLayout {
    /// The elements in row-major order, as 32-bit floating point.
    ///
    /// - Parameter bytes: the bytes of the file this layout was made for.
    func values(in bytes: UnsafeRawBufferPointer) -> [Float] {
        guard count > 0 else { return [] }
        return switch scalar {
        case .float32 where isContiguous: copy(bytes)
        case .float32: gather(bytes, UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
        case .float64: gather(bytes, UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
        case .float16: gather(bytes, UInt16.self) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
        case .bfloat16: gather(bytes, UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
        case .int64: gather(bytes, Int64.self) { Float(Int64(littleEndian: $0)) }
        case .int32: gather(bytes, Int32.self) { Float(Int32(littleEndian: $0)) }
        case .int16: gather(bytes, Int16.self) { Float(Int16(littleEndian: $0)) }
        case .int8: gather(bytes, Int8.self) { Float($0) }
        case .uint8: gather(bytes, UInt8.self) { Float($0) }
        case .bool: gather(bytes, UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }

    /// All elements at once.
    private func copy(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        let source = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count * scalar.size)])
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            initialized = count
        }
    }

    /// Element by element, the last axis varying fastest.
    private func gather<Stored: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ type: Stored.Type, _ convert: (Stored) -> Float
    ) -> [Float] {
        var index = [Int](repeating: 0, count: shape.count)
        var element = 0
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for position in 0..<count {
                let stored = bytes.loadUnaligned(fromByteOffset: start + element * scalar.size, as: Stored.self)
                buffer.initializeElement(at: position, to: convert(stored))
                var axis = shape.count - 1
                while axis >= 0 {
                    index[axis] += 1
                    element += strides[axis]
                    if index[axis] < shape[axis] { break }
                    element -= strides[axis] * shape[axis]
                    index[axis] = 0
                    axis -= 1
                }
            }
            initialized = count
        }
    }
}
