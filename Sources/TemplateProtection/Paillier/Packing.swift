import BigInt
import Foundation

/// Many numbers in one plaintext, as coefficients of a polynomial in B = 2^48.
///
/// A product of polynomials adds up products of coefficients: with x₀ + x₁·B + … + xₖ₋₁·Bᵏ⁻¹ encrypted, and raised to
/// y₀·Bᵏ⁻¹ + … + yₖ₋₁, the coefficient of Bᵏ⁻¹ is x₀·y₀ + … + xₖ₋₁·yₖ₋₁. The others are nobody's business, and are
/// hidden by random numbers before anybody decrypts.
struct Packing {
    /// Numbers are whole multiples of 2^−20 of the unit.
    static let fraction = 20
    /// How much longer than the unit the second vector may be.
    static let longest = 4.0
    static let slotBits = 48
    /// What hides the upper coefficients is 2^40 times as large as they can be, which is at most 2^25 · Bᵏ⁻¹.
    private static let upperBits = 25
    private static let hidingBits = 40

    /// Numbers a plaintext.
    let slots: Int

    init(bits: Int) {
        slots = ((bits - 2 - Self.upperBits - Self.hidingBits) / Self.slotBits + 1) / 2
    }

    /// How many plaintexts a vector takes.
    func blocks(_ dimensions: Int) -> Int { (dimensions + slots - 1) / slots }

    /// Whole numbers for `vector` in units of 2^exponent.
    static func whole(_ vector: [Float], exponent: Int) -> [Int] {
        let scale = exp2(Double(fraction - exponent))
        return vector.map { Int((Double($0) * scale).rounded()) }
    }

    /// The smallest power of two that is not below the vector's length.
    static func exponent(of vector: [Float]) -> Int {
        let square = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        // Lengths of 1 that are a little above it by rounding are 1.
        return square > 0 ? Int((log2(square) / 2 - 1e-6).rounded(.up)) : 0
    }

    static func square(_ numbers: [Int]) -> Int { numbers.reduce(0) { $0 + $1 * $1 } }

    /// The coefficients of blocks of `numbers`, the first of each block the lowest.
    func packed(_ numbers: [Int]) -> [BigInt] {
        stride(from: 0, to: numbers.count, by: slots).map { start in
            polynomial(numbers[start..<min(start + slots, numbers.count)].reversed())
        }
    }

    /// What blocks are raised to: the numbers in the other order, times −2. A further coefficient of 1 above them makes
    /// it positive, and touches only what is hidden.
    func exponents(_ numbers: [Int]) -> [BigUInt] {
        stride(from: 0, to: numbers.count, by: slots).map { start in
            var block = Array(numbers[start..<min(start + slots, numbers.count)])
            block += [Int](repeating: 0, count: slots - block.count)
            return polynomial([1] + block.map { -2 * $0 }).magnitude
        }
    }

    /// - Parameter coefficients: the highest first.
    private func polynomial(_ coefficients: some Sequence<Int>) -> BigInt {
        coefficients.reduce(BigInt(0)) { ($0 << Self.slotBits) + BigInt($1) }
    }

    /// A number as the coefficient that distances are.
    func placed(_ number: Int) -> BigInt { BigInt(number) << (Self.slotBits * (slots - 1)) }

    /// Random numbers over all other coefficients; the wanted one may change by 1.
    func mask() -> BigInt {
        let below = Self.slotBits * (slots - 1)
        let lower = BigUInt.randomInteger(withMaximumWidth: below)
        let upper =
            BigUInt.randomInteger(withMaximumWidth: below + Self.upperBits + Self.hidingBits)
            + (BigUInt(1) << (below + Self.upperBits))
        return BigInt(lower + (upper << (below + Self.slotBits)))
    }

    /// The wanted coefficient.
    func wanted(_ plain: BigUInt) -> Int {
        let slot = (plain >> (Self.slotBits * (slots - 1))) & ((BigUInt(1) << Self.slotBits) - 1)
        let value = Int(slot)
        return value < 1 << (Self.slotBits - 1) ? value : value - 1 << Self.slotBits
    }
}
