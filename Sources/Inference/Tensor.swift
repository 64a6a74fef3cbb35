/// A dense block of 32-bit numbers, row-major.
public struct Tensor: Sendable, Equatable {
    /// The length of each dimension, outermost first; for images usually batch, channels, rows, columns.
    public let shape: [Int]
    /// `shape`'s product of numbers.
    public var values: [Float]

    /// - Precondition: `values.count` is the product of `shape`.
    public init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
        self.shape = shape
        self.values = values
    }

    /// The outermost dimension's entries as slices of `values`.
    public var rows: [ArraySlice<Float>] {
        guard let count = shape.first, count > 0 else { return [] }
        let size = values.count / count
        return (0..<count).map { values[$0 * size..<($0 + 1) * size] }
    }

    /// This tensor and `other` behind it, along the outermost dimension.
    func appending(_ other: Tensor) -> Tensor {
        Tensor(shape: [shape[0] + other.shape[0]] + shape.dropFirst(), values: values + other.values)
    }
}
