import Foundation

/// How long frames took, counted in steps of two percent, so that a stream may go on for ever.
public struct Latencies: Sendable {
    private var counts = [Int](repeating: 0, count: 800)
    private var total = 0
    private static let least = 0.01
    private static let step = 1.02

    public init() {}

    public mutating func add(milliseconds: Double) {
        let place = log(max(milliseconds, Self.least) / Self.least) / log(Self.step)
        counts[min(counts.count - 1, max(0, Int(place)))] += 1
        total += 1
    }

    /// What this share of the frames took at most, in milliseconds; `nil` before the first frame.
    public func quantile(_ share: Double) -> Double? {
        guard total > 0 else { return nil }
        let wanted = max(1, Int((share * Double(total)).rounded(.up)))
        var seen = 0
        for (place, count) in counts.enumerated() {
            seen += count
            if seen >= wanted { return Self.least * pow(Self.step, Double(place + 1)) }
        }
        return nil
    }
}
