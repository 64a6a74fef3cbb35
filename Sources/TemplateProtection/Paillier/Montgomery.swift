import BigInt

/// Multiplication by an odd modulus without division (P. L. Montgomery, 1985; word by word as CIOS of Koç, Acar and
/// Kaliski, 1996). BigInt's own `power` divides after every product.
///
/// Its time depends on the numbers: whoever can measure it learns of them.
package struct Montgomery: Sendable {
    /// A number below the modulus, times 2^(64·size), least significant word first.
    package typealias Number = [UInt]

    package let modulus: BigUInt
    private let words: [UInt]
    /// −1 / modulus, modulo 2^64.
    private let inverse: UInt
    /// Brings a number into this form.
    private let factor: Number
    package let one: Number

    /// - Precondition: `modulus` is odd and above 1.
    package init(_ modulus: BigUInt) {
        precondition(modulus > 1 && modulus.words[0] & 1 == 1, "an even modulus")
        self.modulus = modulus
        words = Array(modulus.words)
        // Newton's steps double the bits that are right: 3, 6, … 96.
        var inverse = words[0]
        for _ in 0..<5 { inverse = inverse &* (2 &- words[0] &* inverse) }
        self.inverse = 0 &- inverse
        let shift = words.count * UInt.bitWidth
        factor = Self.padded((BigUInt(1) << (2 * shift)) % modulus, words.count)
        one = Self.padded((BigUInt(1) << shift) % modulus, words.count)
    }

    package func number(_ value: BigUInt) -> Number {
        product(Self.padded(value < modulus ? value : value % modulus, words.count), factor)
    }

    package func value(_ number: Number) -> BigUInt {
        BigUInt(words: product(number, Self.padded(1, words.count)))
    }

    private static func padded(_ value: BigUInt, _ count: Int) -> Number {
        let words = Array(value.words)
        return words + Number(repeating: 0, count: count - words.count)
    }

    package func product(_ a: Number, _ b: Number) -> Number {
        let size = words.count
        return Number(unsafeUninitializedCapacity: size + 2) { sum, initialized in
            sum.initialize(repeating: 0)
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    words.withUnsafeBufferPointer { words in
                        for row in 0..<size {
                            Self.add(a, times: b[row], to: sum, size)
                            Self.add(words, times: sum[0] &* inverse, to: sum, size)
                            // The lowest word is 0 now: all move down by one.
                            for place in 0...size { sum[place] = sum[place + 1] }
                            sum[size + 1] = 0
                        }
                        Self.reduce(sum, by: words, size)
                    }
                }
            }
            initialized = size
        }
    }

    /// sum += a · factor
    private static func add(
        _ a: UnsafeBufferPointer<UInt>, times factor: UInt, to sum: UnsafeMutableBufferPointer<UInt>, _ size: Int
    ) {
        var carry: UInt = 0
        for place in 0..<size {
            let (high, low) = a[place].multipliedFullWidth(by: factor)
            let (first, over) = low.addingReportingOverflow(sum[place])
            let (second, overAgain) = first.addingReportingOverflow(carry)
            sum[place] = second
            carry = high &+ (over ? 1 : 0) &+ (overAgain ? 1 : 0)
        }
        let (top, over) = sum[size].addingReportingOverflow(carry)
        sum[size] = top
        if over { sum[size + 1] &+= 1 }
    }

    /// Takes the modulus away where the sum is not below it.
    private static func reduce(
        _ sum: UnsafeMutableBufferPointer<UInt>, by words: UnsafeBufferPointer<UInt>, _ size: Int
    ) {
        if sum[size] == 0 {
            var place = size - 1
            while place > 0, sum[place] == words[place] { place -= 1 }
            if sum[place] < words[place] { return }
        }
        var borrow: UInt = 0
        for place in 0..<size {
            let (first, under) = sum[place].subtractingReportingOverflow(words[place])
            let (second, underAgain) = first.subtractingReportingOverflow(borrow)
            sum[place] = second
            borrow = under || underAgain ? 1 : 0
        }
    }
}
