import DeepFace
import Foundation

/// Whether one is right more often than another on the same pairs, or whether it may be chance.
package struct Comparison: Sendable {
    /// Pairs on which only the one is right, and only the other.
    package let onlyOne, onlyOther: Int
    /// How much larger the one's share of right verdicts is.
    package let difference: Double
    /// Between which differences the true one lies, 95 % sure: the pairs of people drawn at random, with replacement, from
    /// those there are, so that pairs that share somebody count as what they are.
    package let interval: ClosedRange<Double>
    /// How likely so uneven a split is where both are as good (McNemar's test, exact: Psychometrika 12, 1947).
    package let chance: Double

    /// Whether 0 is not among the differences, and the split is unlikely.
    package var isMoreThanNoise: Bool { !interval.contains(0) && chance < 0.05 }

    /// - Parameter draws: how often people are drawn.
    package init(_ one: [Bool], _ other: [Bool], _ people: PairPeople, draws: Int = 2000) {
        let gains = zip(one, other).map { ($0 ? 1 : 0) - ($1 ? 1 : 0) }
        onlyOne = gains.count { $0 > 0 }
        onlyOther = gains.count { $0 < 0 }
        difference = Double(onlyOne - onlyOther) / Double(max(1, gains.count))
        chance = Self.chance(min(onlyOne, onlyOther), of: onlyOne + onlyOther)
        interval = Self.interval(gains, people, draws)
    }

    /// Of so few or fewer heads or tails among so many throws.
    private static func chance(_ few: Int, of throwsCount: Int) -> Double {
        guard throwsCount > 0 else { return 1 }
        // The logarithm, for among many throws a share is too small for a number.
        var (share, sum) = (Double(throwsCount) * log(0.5), 0.0)
        for count in 0...few {
            sum += exp(share)
            share += log(Double(throwsCount - count)) - log(Double(count + 1))
        }
        return min(1, 2 * sum)
    }

    private static func interval(_ gains: [Int], _ people: PairPeople, _ draws: Int) -> ClosedRange<Double> {
        var random = FixedRandomNumbers(1)
        var differences: [Double] = []
        for _ in 0..<draws {
            var times = [Double](repeating: 0, count: people.count)
            for _ in 0..<people.count { times[Int.random(in: 0..<people.count, using: &random)] += 1 }
            var (gained, total) = (0.0, 0.0)
            for (gain, pair) in zip(gains, people.numbers) {
                let weight = pair.0 == pair.1 ? times[pair.0] : times[pair.0] * times[pair.1]
                total += weight
                gained += weight * Double(gain)
            }
            if total > 0 { differences.append(gained / total) }
        }
        differences.sort()
        guard !differences.isEmpty else { return 0...0 }
        let last = Double(differences.count - 1)
        return differences[Int((0.025 * last).rounded())]...differences[Int((0.975 * last).rounded())]
    }
}

/// Random numbers that are the same in every run (SplitMix64, Steele and others, OOPSLA 2014).
struct FixedRandomNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
