import Synchronization

/// How many bytes of requests' bodies may be in memory at once, whoever sends them.
final class MemoryBudget: Sendable {
    let limit: Int
    private let used = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Bytes that are taken.
    var inUse: Int { used.withLock { $0 } }

    fileprivate func take(_ count: Int) throws(Problem) {
        let isThere = used.withLock { used in
            guard used + count <= limit else { return false }
            used += count
            return true
        }
        guard isThere else { throw .busy("too many large requests at once; try again shortly") }
    }

    fileprivate func give(_ count: Int) { used.withLock { $0 -= count } }
}

/// A request's share of the budget; given back when nobody holds it any more.
final class MemoryLease: Sendable {
    private let budget: MemoryBudget
    private let count = Mutex(0)

    init(_ budget: MemoryBudget) { self.budget = budget }

    deinit { budget.give(count.withLock { $0 }) }

    /// - Throws: `busy` when there is no more.
    func take(_ bytes: Int) throws(Problem) {
        try budget.take(bytes)
        count.withLock { $0 += bytes }
    }
}
