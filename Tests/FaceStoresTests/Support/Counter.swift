import Testing

/// Counts what is done.
actor Counter {
    private(set) var count = 0

    func add() { count += 1 }

    func wait(forMore more: Int) async throws {
        let end = count + more
        for _ in 0..<2400 where count < end { try await Task.sleep(for: .milliseconds(50)) }
        try #require(count >= end, "nothing gets on")
    }
}
