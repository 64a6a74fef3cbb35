import DeepFace
import Inference
import Synchronization
import Testing

/// Calls of one network that meet.
struct SharedCallsTests {
    /// What callers were told, and what went through the network at a time.
    private final class Record: Sendable {
        let outcomes = Mutex<[Int: [SharedCalls.Outcome]]>([:])
        let calls = Mutex<[Int]>([])

        /// Puts `count` inputs in line that all hold the caller's number.
        func add(_ caller: Int, _ count: Int, to line: SharedCalls) {
            line.add(count) {
                Tensor(shape: [count, 2], values: Array(repeating: Float(caller), count: 2 * count))
            } done: { outcome in
                self.outcomes.withLock { $0[caller, default: []].append(outcome) }
            }
        }

        /// A network that doubles, and fails on an input that holds `broken`.
        func run(_ input: Tensor, broken: Float = -1) throws(InferenceError) -> Tensor {
            calls.withLock { $0.append(input.shape[0]) }
            if input.values.contains(broken) { throw InferenceError(action: "running", detail: "broken") }
            return Tensor(shape: input.shape, values: input.values.map { 2 * $0 })
        }

        /// Whether the caller was told once, and of its own inputs.
        func isRight(_ caller: Int, _ count: Int) -> Bool {
            let expected = Tensor(shape: [count, 2], values: Array(repeating: 2 * Float(caller), count: 2 * count))
            let told = outcomes.withLock { $0[caller] ?? [] }
            guard told.count == 1, case .success(let output) = told[0] else { return false }
            return output == expected
        }
    }

    @Test func thoseThatMeetShareOneCall() {
        let (line, record) = (SharedCalls(limit: 32), Record())
        for caller in 1...3 { record.add(caller, caller, to: line) }
        for _ in 1...3 { line.work { input throws(InferenceError) in try record.run(input) } }
        #expect(record.calls.withLock { $0 } == [6])
        for caller in 1...3 { #expect(record.isRight(caller, caller)) }
    }

    /// A caller is never parted, and goes alone where it is larger than the limit.
    @Test func theLimitIsKept() {
        let (line, record) = (SharedCalls(limit: 4), Record())
        let counts = [3, 1, 1, 9, 4, 2]
        for (caller, count) in counts.enumerated() { record.add(caller, count, to: line) }
        for _ in counts { line.work { input throws(InferenceError) in try record.run(input) } }
        #expect(record.calls.withLock { $0 } == [4, 1, 9, 4, 2])
        for (caller, count) in counts.enumerated() { #expect(record.isRight(caller, count)) }
    }

    @Test func anErrorReachesItsCallerOnly() {
        let (line, record) = (SharedCalls(limit: 32), Record())
        for caller in 1...3 { record.add(caller, 1, to: line) }
        line.work { input throws(InferenceError) in try record.run(input, broken: 2) }
        #expect(record.calls.withLock { $0 } == [3, 1, 1, 1])
        #expect(record.isRight(1, 1) && record.isRight(3, 1))
        #expect(record.outcomes.withLock { $0[2] } == [.failure(InferenceError(action: "running", detail: "broken"))])
    }

    /// One that fails for all is told to each.
    @Test func anErrorOfAllReachesEach() {
        let (line, record) = (SharedCalls(limit: 32), Record())
        for caller in 1...3 { record.add(caller, 2, to: line) }
        line.work { _ throws(InferenceError) in throw InferenceError(action: "running", detail: "all broken") }
        for caller in 1...3 {
            let told = record.outcomes.withLock { $0[caller] }
            #expect(told == [.failure(InferenceError(action: "running", detail: "all broken"))])
        }
    }

    /// A network that gives fewer rows than went in must not give one caller another's.
    @Test func anOutputOfAnotherLengthIsNotShared() {
        let (line, record) = (SharedCalls(limit: 32), Record())
        for caller in 1...2 { record.add(caller, 1, to: line) }
        line.work { input throws(InferenceError) in
            let output = try record.run(input)
            return Tensor(shape: [1, 2], values: Array(output.values.prefix(2)))
        }
        #expect(record.isRight(1, 1) && record.isRight(2, 1))
    }

    @Test func nobodyIsLostAmongManyThreads() async {
        let (line, record) = (SharedCalls(limit: 8), Record())
        await withTaskGroup(of: Void.self) { group in
            for caller in 0..<500 {
                group.addTask {
                    record.add(caller, 1 + caller % 3, to: line)
                    if caller % 5 == 0 { await Task.yield() }
                    line.work { input throws(InferenceError) in try record.run(input) }
                }
            }
        }
        for caller in 0..<500 { #expect(record.isRight(caller, 1 + caller % 3), "\(caller)") }
        let calls = record.calls.withLock { $0 }
        #expect(calls.allSatisfy { $0 <= 8 } && calls.reduce(0, +) == (0..<500).reduce(0) { $0 + 1 + $1 % 3 })
    }
}
