import Crypto
import Foundation

/// A rotation that a key decides, uniform among all rotations and reflections of its space: lengths and angles stay.
///
/// It is the product of reflections at random hyperplanes, one in each dimension, by G. W. Stewart, "The efficient
/// generation of random orthogonal matrices with an application to condition estimators", 1980. For k from 1 to d, let
/// v be row k of `KeyedNumbers`, k numbers long, s the sign of its first one, and u = v + s·|v|·e₁: what was rotated
/// so far is multiplied, in its last k numbers, by −s·(I − 2·u·uᵀ / |u|²). Turning a vector takes 2·d² multiplications.
public struct KeyedRotation: Sendable {
    public let dimensions: Int
    /// The vectors u of length √2, one behind the other: k numbers of the reflection k.
    private let reflections: [Double]
    /// Their signs, −s.
    private let signs: [Double]

    /// - Parameter key: for this rotation only.
    package init(dimensions: Int, key: SymmetricKey) {
        self.dimensions = dimensions
        let numbers = KeyedNumbers(key: key)
        var (reflections, signs): ([Double], [Double]) = ([], [])
        reflections.reserveCapacity(dimensions * (dimensions + 1) / 2)
        for size in 1...max(1, dimensions) {
            var vector = numbers.row(size, count: size)
            let sign: Double = vector[0] < 0 ? -1 : 1
            vector[0] += sign * Self.length(vector)
            let scale = 2.0.squareRoot() / Self.length(vector)
            for place in vector.indices { vector[place] *= scale }
            reflections += vector
            signs.append(-sign)
        }
        (self.reflections, self.signs) = (reflections, signs)
    }

    /// - Precondition: the vector has `dimensions` numbers.
    package func turned(_ vector: [Double]) -> [Double] { reflect(vector, order: Array(1...dimensions)) }

    /// - Precondition: the vector has `dimensions` numbers.
    package func turnedBack(_ vector: [Double]) -> [Double] { reflect(vector, order: (1...dimensions).reversed()) }

    /// Each reflection is its own inverse.
    private func reflect(_ vector: [Double], order: [Int]) -> [Double] {
        precondition(vector.count == dimensions, "a vector of another length")
        var vector = vector
        vector.withUnsafeMutableBufferPointer { vector in
            reflections.withUnsafeBufferPointer { reflections in
                for size in order {
                    let u = reflections.baseAddress! + size * (size - 1) / 2
                    let part = vector.baseAddress! + dimensions - size
                    var product = 0.0
                    for place in 0..<size { product += u[place] * part[place] }
                    let sign = signs[size - 1]
                    for place in 0..<size { part[place] = sign * (part[place] - product * u[place]) }
                }
            }
        }
        return vector
    }

    private static func length(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
