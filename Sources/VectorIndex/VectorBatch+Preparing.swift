extension VectorBatch {
    /// The values as indexes keep them that compare by squared euclidean distance: of length 1 for cosine.
    ///
    /// - Throws: `wrongShape`, `invalidVector`.
    func prepared(_ metric: VectorMetric, dimensions wanted: Int) throws(VectorIndexError) -> [Float] {
        guard count == 0 || dimensions == wanted else {
            throw VectorIndexError(.wrongShape, "a vector has \(dimensions) numbers, not \(wanted)")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw VectorIndexError(.invalidVector, "a vector has a value that is not finite")
        }
        guard metric == .cosine else { return values }
        var values = values
        for row in 0..<count {
            let range = row * dimensions..<(row + 1) * dimensions
            let length = values[range].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            guard length > 0 else { throw VectorIndexError(.invalidVector, "a vector of zeros has no direction") }
            for place in range { values[place] = Float(Double(values[place]) / length) }
        }
        return values
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
    /// The distance, from the squared euclidean one of vectors as `prepared`.
    func distance(squared: Float) -> Float {
        self == .cosine ? max(0, squared) / 2 : max(0, squared).squareRoot()
    }
}
