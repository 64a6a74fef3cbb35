/// A named array of a weight file, in 32-bit floating point and row-major (C) order whatever the file stores.
package struct WeightTensor: Sendable, Equatable {
    /// The length of each axis, outermost first; empty for a single number.
    package let shape: [Int]

    /// The elements, the last axis varying fastest; exactly as many as the shape says.
    package let values: [Float]

    /// A tensor of `values` in `shape`.
    ///
    /// - Throws: `malformed` when the number of values is not the product of the shape, when an axis is negative, or
    ///   when the product overflows.
    package init(shape: [Int], values: [Float]) throws(WeightFileError.Reason) {
        guard Self.elementCount(of: shape) == values.count else {
            throw .malformed("\(values.count) values for a tensor of shape \(shape)")
        }
        self.shape = shape
        self.values = values
    }

    /// The number of elements in `shape`: 1 for `[]`, 0 where an axis is 0; `nil` when an axis is negative or the
    /// product overflows.
    package static func elementCount(of shape: [Int]) -> Int? {
        guard shape.allSatisfy({ $0 >= 0 }) else { return nil }
        guard !shape.contains(0) else { return 0 }
        var count = 1
        for axis in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis)
            if overflow { return nil }
            count = product
        }
        return count
    }
}
