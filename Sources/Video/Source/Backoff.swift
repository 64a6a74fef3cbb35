/// How long to wait before the next attempt: twice as long each time, to a limit.
struct Backoff: Sendable {
    private(set) var delay: Double
    private let first: Double
    private static let longest = 30.0

    /// - Parameter first: seconds.
    init(first: Double) {
        (self.first, delay) = (first, first)
    }

    /// Seconds to wait now.
    mutating func next() -> Double {
        defer { delay = min(Self.longest, 2 * delay) }
        return delay
    }

    mutating func reset() { delay = first }
}
