import CVectorScan

/// Centroids in 7 bits, as `ivf_nearest` takes them.
struct CentroidTable: Sendable {
    private let packed: [Int8]
    private let bias: [Int32]
    /// Centroids, without the lanes that are over.
    private let real: Int

    /// What centroids are multiplied with to fill 7 bits.
    static func scale(of centroids: ArraySlice<Float>) -> Float {
        let largest = centroids.lazy.map(abs).max() ?? 0
        return largest > 0 ? 63 / largest : 1
    }

    /// - Parameter scale: `nil`: of these centroids.
    init(_ centroids: ArraySlice<Float>, width: Int, byteScale: Float, scale: Float? = nil) {
        let count = centroids.count / width
        let groups = (count + 7) / 8
        let scale = scale ?? Self.scale(of: centroids)
        var packed = [Int8](repeating: 0, count: groups * 8 * width)
        // The lanes that are over never win.
        var bias = [Int32](repeating: .max / 2, count: groups * 8)
        centroids.withUnsafeBufferPointer { centroids in
            packed.withUnsafeMutableBufferPointer { packed in
                for row in 0..<count {
                    var sum: Int32 = 0
                    var squares: Float = 0
                    for i in 0..<width {
                        let value = centroids[row * width + i]
                        // Rounded: what is above 0 is cut off.
                        let byte = Int32(value * scale + 64.5) - 64
                        packed[(row / 8 * (width / 4) + i / 4) * 32 + row % 8 * 4 + i % 4] = Int8(byte)
                        sum += byte
                        squares += value * value
                    }
                    bias[row] = 64 * sum + Int32(clamping: Int64(min(squares * byteScale * scale / 2, 1e9)))
                }
            }
        }
        (self.packed, self.bias, real) = (packed, bias, count)
    }

    /// The nearest centroid of each row of bytes, and its score (larger is nearer).
    func nearest(_ rows: UnsafeBufferPointer<UInt8>, width: Int) -> (centroids: [UInt32], scores: [Int32]) {
        let count = rows.count / width
        var scores = [Int32](repeating: 0, count: count)
        let nearest = [UInt32](unsafeUninitializedCapacity: count) { out, initialized in
            ivf_nearest(
                cvectorscan_level(), rows.baseAddress, count, packed, bias, bias.count / 8, width, out.baseAddress,
                &scores, nil)
            initialized = count
        }
        return (nearest, scores)
    }

    /// The nearest centroid of each row of bytes, and then the second nearest of each, where there are two.
    func nearestTwo(_ rows: [UInt8], width: Int) -> [UInt32] {
        let count = rows.count / width
        guard real > 1 else { return [UInt32](repeating: 0, count: count) }
        return [UInt32](unsafeUninitializedCapacity: 2 * count) { out, initialized in
            ivf_nearest(
                cvectorscan_level(), rows, count, packed, bias, bias.count / 8, width, out.baseAddress, nil,
                out.baseAddress.map { $0 + count })
            initialized = 2 * count
        }
    }
}
