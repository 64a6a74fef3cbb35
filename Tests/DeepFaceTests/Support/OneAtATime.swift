import Testing

/// Tests of large networks wait for each other, whatever suite they are in: each takes gigabytes, and all cores.
struct OneAtATime: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true
    private static let turn = Turn()

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.turn.take()
        do {
            try await function()
        } catch {
            await Self.turn.give()
            throw error
        }
        await Self.turn.give()
    }

    private actor Turn {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            if isTaken { await withCheckedContinuation { waiting.append($0) } } else { isTaken = true }
        }

        /// Hands the turn to who has waited longest.
        func give() {
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
    }
}

extension Trait where Self == OneAtATime {
    /// One test at a time among all suites that have this.
    static var oneAtATime: Self { OneAtATime() }
}
