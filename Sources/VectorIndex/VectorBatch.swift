/// Vectors of one length, one after the other.
public struct VectorBatch: Sendable, Equatable {
    /// Numbers in each vector.
    public let dimensions: Int
    /// All numbers, row by row: `count` × `dimensions`.
    public var values: [Float]

    public var count: Int { dimensions == 0 ? 0 : values.count / dimensions }

    /// - Precondition: `values` are whole vectors.
    public init(dimensions: Int, values: [Float] = []) {
        precondition(dimensions > 0 ? values.count % dimensions == 0 : values.isEmpty, "the last vector is not whole")
        (self.dimensions, self.values) = (dimensions, values)
    }

    /// - Precondition: all rows are of one length.
    public init(_ rows: [[Float]]) {
        let dimensions = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == dimensions }, "vectors of one batch have one length")
        self.init(dimensions: dimensions, values: rows.flatMap { $0 })
    }

    public subscript(row: Int) -> ArraySlice<Float> {
        values[row * dimensions..<(row + 1) * dimensions]
    }
}
