/// Embeddings on a scale of their own, as Python's `represent` offers them.
extension RecognitionModel {
    /// An embedding with its numbers brought to 0…1 (`minMax`), its length to 1 (`unitLength`), or first the one and
    /// then the other.
    ///
    /// `minMax` cuts to the model's `range`; a model that has none leaves the numbers as they are, as Python does.
    public func scaled(_ embedding: [Float], minMax: Bool = false, unitLength: Bool = false) -> [Float] {
        var values = embedding.map { Double($0) }
        if minMax, let range {
            let width = range.upperBound - range.lowerBound
            values = values.map { (min(range.upperBound, max(range.lowerBound, $0)) - range.lowerBound) / width }
        }
        if unitLength {
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-10
            values = values.map { $0 / length }
        }
        return values.map { Float($0) }
    }
}
