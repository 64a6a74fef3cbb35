import CFaceLike
import Foundation

extension FaceLike {
    /// How embeddings of a network lie in space. Persons differ along main axes whose variances fall by a power of
    /// their rank, pictures of one person along the same axes, whose variances fall more slowly.
    public struct Shape: Sendable {
        /// Length of what all embeddings have in common.
        public var mean: Float
        /// Variance of all embeddings, summed over the dimensions.
        public var variance: Float
        /// The part of it that is between pictures of one person.
        public var within: Float
        /// Variance of persons along axis n is as n^−`personDecay`, and so for pictures.
        public var personDecay: Float, pictureDecay: Float
        /// Pictures are of different quality: what tells them apart is scaled by 1 ± this.
        public var quality: Float
        /// Vectors are scaled to length 1.
        public var unit: Bool

        /// Fitted to Dlib's embeddings (128 numbers, compared by euclidean distance).
        public static let dlib = Shape(
            mean: 1.38, variance: 0.28, within: 0.18, personDecay: 1, pictureDecay: 0.8, quality: 0.2, unit: false)
        /// Like ArcFace's (512 numbers, compared by cosine): mates' cosine 0.65 ± 0.10, others' 0 ± 0.08.
        public static let arcFace = Shape(
            mean: 0, variance: 1, within: 0.35, personDecay: 0.7, pictureDecay: 0.5, quality: 0.5, unit: true)
    }

    /// A shape as the generator wants it: five rows of `dimensions` numbers, in the order of `facelike_model`.
    struct Tables: Sendable {
        let dimensions: Int
        let values: [Float]

        init(dimensions: Int, seed: UInt64, shape: Shape) {
            func random(_ row: UInt64) -> [Float] {
                [Float](unsafeUninitializedCapacity: dimensions) { out, count in
                    facelike_normal(seed &* 5 &+ row, Int32(dimensions), out.baseAddress)
                    count = dimensions
                }
            }
            func spread(_ variance: Float, _ decay: Float) -> [Float] {
                let spectrum = (1...dimensions).map { power(Float($0), -decay) }
                let sum = spectrum.reduce(0, +)
                // The turn by Hadamard's matrices multiplies lengths by dimensions and the scale divides by it.
                return spectrum.map { (variance * $0 / sum).squareRoot() }
            }
            var mean = random(0)
            let length = mean.reduce(0) { $0 + $1 * $1 }.squareRoot()
            mean = mean.map { $0 * shape.mean / length }
            self.dimensions = dimensions
            values =
                mean + spread(shape.variance * (1 - shape.within), shape.personDecay)
                + spread(shape.variance * shape.within, shape.pictureDecay)
                + random(3).map { $0 < 0 ? -1 : 1 } + random(4).map { $0 < 0 ? -1 : 1 }
        }

        func withModel(seed: UInt64, shape: Shape, _ body: (UnsafePointer<facelike_model>) -> Void) {
            values.withUnsafeBufferPointer { values in
                let row = { (number: Int) in values.baseAddress! + number * dimensions }
                var model = facelike_model(
                    dimensions: Int32(dimensions), unit: shape.unit ? 1 : 0, seed: seed, quality: shape.quality,
                    mean: row(0), person: row(1), picture: row(2), signs1: row(3), signs2: row(4))
                body(&model)
            }
        }
    }
}

private func power(_ base: Float, _ exponent: Float) -> Float { Float(pow(Double(base), Double(exponent))) }
