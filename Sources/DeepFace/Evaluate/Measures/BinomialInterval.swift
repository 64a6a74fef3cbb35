import Foundation

/// Between which rates the true one lies, of which so many cases out of so many were seen: the interval of Clopper and
/// Pearson (Biometrika 26, 1934), 95 % sure for cases that have nothing to do with each other.
public struct BinomialInterval: Sendable, Equatable {
    public let lower, upper: Double

    package init(cases: Int, of total: Int, confidence: Double = 0.95) {
        let tail = (1 - confidence) / 2
        lower =
            cases == 0 ? 0 : Self.root { 1 - Self.probability(atMost: cases - 1, of: total, rate: $0) - tail }
        upper =
            cases == total ? 1 : Self.root { tail - Self.probability(atMost: cases, of: total, rate: $0) }
    }

    /// Where a rising function of 0 to 1 is zero.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Of seeing at most so many cases.
    private static func probability(atMost cases: Int, of total: Int, rate: Double) -> Double {
        if rate <= 0 { return 1 }
        if rate >= 1 { return cases >= total ? 1 : 0 }
        let logarithmOfAll = logGamma(Double(total + 1))
        let sum = (0...cases).reduce(0.0) { sum, count in
            let ways = logarithmOfAll - logGamma(Double(count + 1)) - logGamma(Double(total - count + 1))
            return sum + exp(ways + Double(count) * log(rate) + Double(total - count) * log1p(-rate))
        }
        return min(1, sum)
    }

    /// `lgamma` is thread-safe only in this form.
    private static func logGamma(_ value: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(value, &sign)
    }
}
