import BigInt

extension Montgomery {
    private static let window = 4

    /// base^exponent modulo the modulus.
    package func power(_ base: BigUInt, _ exponent: BigUInt) -> BigUInt { value(productOfPowers([(base, exponent)])) }

    /// The product of all base^exponent: the squarings are done once for all of them (Straus, 1964).
    package func productOfPowers(_ factors: [(base: BigUInt, exponent: BigUInt)]) -> Number {
        let tables = factors.map { factor in powers(of: number(factor.base), count: 1 << Self.window) }
        let exponents = factors.map { Array($0.exponent.words) }
        let bits = factors.map(\.exponent.bitWidth).max() ?? 0
        var result = one
        for position in stride(from: (bits + Self.window - 1) / Self.window * Self.window, to: 0, by: -Self.window) {
            for _ in 0..<Self.window { result = product(result, result) }
            for (table, words) in zip(tables, exponents) {
                let digit = Self.digit(of: words, at: position - Self.window, width: Self.window)
                if digit > 0 { result = product(result, table[digit]) }
            }
        }
        return result
    }

    /// 1, base, base², …
    func powers(of base: Number, count: Int) -> [Number] {
        var powers = [one]
        while powers.count < count { powers.append(product(powers[powers.count - 1], base)) }
        return powers
    }

    /// The `width` bits of a number from bit `position`, 0 beyond its end.
    static func digit(of words: [UInt], at position: Int, width: Int) -> Int {
        let (word, bit) = position.quotientAndRemainder(dividingBy: UInt.bitWidth)
        guard word < words.count else { return 0 }
        var digit = words[word] >> UInt(bit)
        if bit + width > UInt.bitWidth, word + 1 < words.count { digit |= words[word + 1] << UInt(UInt.bitWidth - bit) }
        return Int(digit & (1 << UInt(width) - 1))
    }
}

/// Powers of one base, for many exponents: what would be squarings is looked up.
package struct FixedBase: Sendable {
    private let modulus: Montgomery
    private let width: Int
    /// For each digit of an exponent, the power for each of its values.
    private let tables: [[Montgomery.Number]]

    /// - Parameters:
    ///   - bits: of the longest exponent.
    ///   - uses: how many powers will be asked for, about: what is made ahead grows with it.
    package init(_ base: BigUInt, _ modulus: Montgomery, bits: Int, uses: Int) {
        func work(_ width: Int) -> Int { (bits + width - 1) / width * ((1 << width) - 1 + uses) }
        let width = (1...8).min { work($0) < work($1) } ?? 4
        var tables: [[Montgomery.Number]] = []
        var step = modulus.number(base)
        for _ in 0..<(bits + width - 1) / width {
            let table = modulus.powers(of: step, count: 1 << width)
            tables.append(table)
            step = modulus.product(table[table.count - 1], step)
        }
        (self.modulus, self.width, self.tables) = (modulus, width, tables)
    }

    /// base^exponent.
    package func power(_ exponent: BigUInt) -> Montgomery.Number {
        let words = Array(exponent.words)
        var result = modulus.one
        for (place, table) in tables.enumerated() {
            let digit = Montgomery.digit(of: words, at: place * width, width: width)
            if digit > 0 { result = modulus.product(result, table[digit]) }
        }
        return result
    }
}
