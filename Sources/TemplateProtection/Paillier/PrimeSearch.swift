import BigInt

/// Random prime numbers, from the system's random numbers.
package enum PrimeSearch {
    private static let smallPrimes: [UInt] = {
        let limit = 8192
        var isComposite = [Bool](repeating: false, count: limit)
        var primes: [UInt] = []
        for number in 3..<limit where number % 2 == 1 && !isComposite[number] {
            primes.append(UInt(number))
            for multiple in stride(from: number * number, to: limit, by: number) { isComposite[multiple] = true }
        }
        return primes
    }()

    /// A prime of exactly `bits` bits, the upper two of them ones, that leaves 3 when divided by 4.
    ///
    /// - Precondition: `bits` is at least 64.
    package static func prime(bits: Int) -> BigUInt {
        precondition(bits >= 64, "primes of \(bits) bits are not looked for")
        while true {
            var start = BigUInt.randomInteger(withExactWidth: bits)
            start |= (BigUInt(1) << (bits - 2)) | 3
            let remainders = smallPrimes.map { UInt(start % BigUInt($0)) }
            for step in stride(from: UInt(0), to: 1 << 14, by: 4) {
                guard zip(smallPrimes, remainders).allSatisfy({ ($1 + step) % $0 != 0 }) else { continue }
                let candidate = start + BigUInt(step)
                if candidate.bitWidth == bits, isPrime(candidate) { return candidate }
            }
        }
    }

    /// The test of Miller and Rabin: a composite number passes with a chance of at most 4^−rounds.
    ///
    /// - Precondition: the number is odd and above 4.
    package static func isPrime(_ number: BigUInt, rounds: Int = 32) -> Bool {
        let modulus = Montgomery(number)
        let less = number - 1
        let twos = less.trailingZeroBitCount
        let (one, minusOne) = (modulus.one, modulus.number(less))
        for _ in 0..<rounds {
            let base = BigUInt.randomInteger(lessThan: number - 3) + 2
            var power = modulus.productOfPowers([(base, less >> twos)])
            if power == one || power == minusOne { continue }
            for _ in 1..<max(1, twos) where power != minusOne { power = modulus.product(power, power) }
            if power != minusOne { return false }
        }
        return true
    }
}
