import Synchronization

/// So many requests a second for each caller, and twice as many at once after a pause.
package final class RateLimiter: Sendable {
    private let rate: Double
    private let callers = Mutex<[String: Bucket]>([:])

    private struct Bucket {
        var tokens: Double
        var filled: ContinuousClock.Instant
    }

    /// - Parameter rate: requests a second; 0: any number.
    package init(rate: Double) { self.rate = rate }

    /// Callers that are remembered.
    private static let maximumCallers = 10_000

    /// - Throws: `too_many_requests`, with the time after which there is room again.
    package func check(_ caller: String, now: ContinuousClock.Instant = .now) throws(Problem) {
        guard rate > 0 else { return }
        let full = max(1, 2 * rate)
        let missing: Double = callers.withLock { callers in
            var bucket = callers[caller] ?? Bucket(tokens: full, filled: now)
            bucket.tokens = min(full, bucket.tokens + rate * ((now - bucket.filled) / .seconds(1)))
            bucket.filled = now
            let missing = max(0, 1 - bucket.tokens)
            if missing == 0 { bucket.tokens -= 1 }
            if callers[caller] == nil, callers.count >= Self.maximumCallers {
                // Whoever has not asked for long has a full bucket, which is as good as none.
                callers = callers.filter { (now - $0.value.filled) / .seconds(1) < full / rate }
                if callers.count >= Self.maximumCallers { callers = [:] }
            }
            callers[caller] = bucket
            return missing
        }
        guard missing > 0 else { return }
        var problem = Problem(.tooManyRequests, "too_many_requests", "more than \(rate) requests a second")
        problem.retryAfter = max(1, Int((missing / rate).rounded(.up)))
        throw problem
    }
}
