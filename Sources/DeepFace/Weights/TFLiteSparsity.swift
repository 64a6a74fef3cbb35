/// How a TensorFlow Lite file leaves out the zeros of a constant.
///
/// Only one of the ways there are is let through, the one of face networks: all dimensions but the last are whole, of
/// the last the rows say which numbers are there.
enum TFLiteSparsity {
    /// Zeros may be left out of a constant so far that it becomes this many times smaller.
    private static let mostSaved = 16

    /// How many numbers of a constant of this shape the file must hold.
    ///
    /// - Throws: when the description does not fit the shape, or names a place outside it.
    static func storedCount(_ sparsity: FlatTable, _ shape: [Int]) throws(WeightFileError.Reason) -> Int {
        let dimensions = try sparsity.tables(2)
        guard let width = shape.last, dimensions.count == shape.count, !sparsity.has(1),
            try sparsity.numbers(0) == Array(shape.indices)
        else { throw .unsupported("a sparse tensor of another order") }
        for (dimension, length) in zip(dimensions, shape).dropLast() {
            guard try dimension.number(UInt8.self, 0) == 0, try dimension.number(Int32.self, 1) == length else {
                throw .unsupported("a tensor that is sparse in another dimension than its last")
            }
        }
        let last = dimensions[shape.count - 1]
        guard try last.number(UInt8.self, 0) == 1 else { throw .unsupported("a sparse tensor without sparse rows") }
        let starts = try places(last, kind: 2)
        let columns = try places(last, kind: 4)
        let rows = shape.dropLast().reduce(1, *)
        guard starts.count == rows + 1, starts[0] == 0, starts[rows] == columns.count, !columns.isEmpty,
            rows * width / Self.mostSaved <= columns.count,
            zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 && $1 - $0 <= width }),
            columns.allSatisfy((0..<width).contains)
        else { throw .malformed("a sparse tensor with numbers outside it") }
        return columns.count
    }

    /// A list of whole numbers whose type the field before it tells.
    private static func places(_ dimension: FlatTable, kind: Int) throws(WeightFileError.Reason) -> [Int] {
        guard let list = try dimension.table(kind + 1) else { return [] }
        switch try dimension.number(UInt8.self, kind) {
        case 1: return try list.numbers(Int32.self, in: try list.vector(0, of: 4) ?? 0..<0)
        case 2: return try list.numbers(UInt16.self, in: try list.vector(0, of: 2) ?? 0..<0)
        case 3: return try list.numbers(UInt8.self, in: try list.vector(0, of: 1) ?? 0..<0)
        default: throw .unsupported("a sparse tensor whose places are of another type")
        }
    }
}
