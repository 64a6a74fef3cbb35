import Inference
import Synchronization

/// Calls of one network that meet: inputs that wait for a thread go through it together.
///
/// Nobody waits for company. Inputs stand in line only until their caller's turn on the pool comes, and whoever has a
/// turn takes along what stands there then.
package final class SharedCalls: Sendable {
    package typealias Outcome = Result<Tensor, InferenceError>

    /// A caller's inputs, and what wants to know what became of them.
    private struct Waiting {
        let count: Int
        let input: @Sendable () -> Tensor
        let done: @Sendable (Outcome) -> Void
    }

    private let waiting = Mutex<[Waiting]>([])
    /// Inputs that go through together at most.
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// Puts inputs in line. The caller then has `work` called once on a thread that computes.
    package func add(
        _ count: Int, input: @escaping @Sendable () -> Tensor, done: @escaping @Sendable (Outcome) -> Void
    ) {
        waiting.withLock { $0.append(Waiting(count: count, input: input, done: done)) }
    }

    /// Runs what stands in line, if anything still does: somebody else may have taken it along.
    package func work(_ run: (Tensor) throws(InferenceError) -> Tensor) {
        let batch = waiting.withLock { waiting in
            var (callers, inputs) = (0, 0)
            while callers < waiting.count, callers == 0 || inputs + waiting[callers].count <= limit {
                inputs += waiting[callers].count
                callers += 1
            }
            defer { waiting.removeFirst(callers) }
            return waiting.prefix(callers)
        }
        guard batch.count > 1 else {
            if let one = batch.first { one.done(Self.outcome(one.input(), run)) }
            return
        }
        let inputs = batch.map { $0.input() }
        guard case .success(let output) = Self.outcome(Tensor(joining: inputs), run),
            output.shape.first == batch.reduce(0, { $0 + $1.count })
        else {
            // One caller's inputs must not be another's failure.
            for (one, input) in zip(batch, inputs) { one.done(Self.outcome(input, run)) }
            return
        }
        var start = 0
        for one in batch {
            one.done(.success(output.part(start..<(start + one.count))))
            start += one.count
        }
    }

    private static func outcome(_ input: Tensor, _ run: (Tensor) throws(InferenceError) -> Tensor) -> Outcome {
        do throws(InferenceError) {
            return .success(try run(input))
        } catch {
            return .failure(error)
        }
    }
}

extension Tensor {
    /// Several, one behind the other along the outermost dimension.
    fileprivate init(joining parts: [Tensor]) {
        self.init(
            shape: [parts.reduce(0) { $0 + $1.shape[0] }] + parts[0].shape.dropFirst(),
            values: Array(parts.map(\.values).joined()))
    }

    /// Some of the outermost dimension's entries.
    fileprivate func part(_ range: Range<Int>) -> Tensor {
        let length = shape.dropFirst().reduce(1, *)
        return Tensor(
            shape: [range.count] + shape.dropFirst(),
            values: Array(values[(range.lowerBound * length)..<(range.upperBound * length)]))
    }
}
