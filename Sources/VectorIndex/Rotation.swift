import CVectorScan

/// A rotation that is random and the same in every run: lengths and angles stay.
struct Rotation: Sendable {
    private let dimensions: Int
    private let signs: [Float]

    init(dimensions: Int) {
        self.dimensions = dimensions
        // A linear congruential generator; its upper bits are random enough for signs.
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        signs = (0..<2 * dimensions).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 63 == 0 ? 1 : -1
        }
    }

    /// Turns whole vectors in place.
    func apply(to vectors: inout [Float]) {
        cvectorscan_rotate(cvectorscan_level(), &vectors, dimensions, vectors.count / dimensions, signs)
    }
}
