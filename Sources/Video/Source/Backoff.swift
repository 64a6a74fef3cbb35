/// How long to wait before the next attempt: twice as long each time, to a limit.
package struct Backoff: Sendable {
    private(set) var delay: Double
    private let first: Double
    private static let longest = 30.0

    /// - Parameter first: seconds.
    package init(first: Double) {
        (self.first, delay) = (first, first)
    }

    /// Seconds to wait now.
    package mutating func next() -> Double {
        defer { delay = min(Self.longest, 2 * delay) }
        return delay
    }

    package mutating func reset() { delay = first }
}
