import CVectorScan

extension VectorBatch {
    /// The values as indexes compare them: vectors of length one for the cosine.
    ///
    /// - Throws: `wrongShape`, `invalidVector`.
    func comparable(_ metric: VectorMetric, dimensions wanted: Int) throws(VectorIndexError) -> [Float] {
        let squares = try check(metric, dimensions: wanted)
        guard metric == .cosine else { return values }
        return [Float](unsafeUninitializedCapacity: values.count) { result, initialized in
            for row in 0..<count {
                let length = squares[row].squareRoot()
                for place in row * dimensions..<(row + 1) * dimensions { result[place] = values[place] / length }
            }
            initialized = values.count
        }
    }

    /// - Returns: the squared length of each vector.
    /// - Throws: `wrongShape`, `invalidVector`: a value is not finite, or too large for distances to be, or a vector of
    ///   zeros has no direction.
    @discardableResult
    func check(_ metric: VectorMetric, dimensions wanted: Int) throws(VectorIndexError) -> [Float] {
        guard dimensions == wanted || count == 0 else {
            throw VectorIndexError(.wrongShape, "vectors have \(dimensions) numbers, not \(wanted)")
        }
        var squares = [Float](repeating: 0, count: count)
        let origin = [Float](repeating: 0, count: dimensions)
        cvectorscan_l2_f32(cvectorscan_level(), origin, dimensions, values, nil, count, &squares)
        if let row = squares.firstIndex(where: { !($0 < 1e37) }) {
            throw VectorIndexError(.invalidVector, "vector \(row) has a value that is not finite, or too large")
        }
        // Squares of such small numbers have lost their digits.
        if metric == .cosine, let row = squares.firstIndex(where: { $0 < 1e-30 }) {
            throw VectorIndexError(.invalidVector, "vector \(row) is all zeros and has no direction")
        }
        return squares
    }

    /// The ids of these vectors, which are to be new.
    ///
    /// - Throws: `wrongShape`, `duplicateID`.
    func newIDs(_ ids: [Int64], besides present: Set<Int64>) throws(VectorIndexError) -> Set<Int64> {
        guard ids.count == count else {
            throw VectorIndexError(.wrongShape, "there are \(count) vectors and \(ids.count) ids")
        }
        var new = Set<Int64>(minimumCapacity: ids.count)
        for id in ids {
            guard id >= 0 else { throw VectorIndexError(.duplicateID, "id \(id) is negative") }
            guard !present.contains(id), new.insert(id).inserted else {
                throw VectorIndexError(.duplicateID, "id \(id) comes twice")
            }
        }
        return new
    }
}

extension VectorMetric {
    /// The distance, from the squared euclidean one of vectors as `comparable`.
    func distance(squared: Float) -> Float {
        self == .cosine ? max(0, squared) / 2 : max(0, squared).squareRoot()
    }
}
