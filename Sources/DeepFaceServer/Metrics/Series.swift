import Synchronization

/// What one series of a metric holds. All may be told from any thread.
protocol Series: AnyObject, Sendable {
    /// Its lines of the text format, without the metric's name.
    func lines(_ name: String, _ labels: String) -> [String]
}

/// Counts up.
final class CounterSeries: Series {
    private let value = Mutex(Int64(0))

    func add(_ amount: Int64) { value.withLock { $0 += amount } }
    func clear() { value.withLock { $0 = 0 } }
    func lines(_ name: String, _ labels: String) -> [String] {
        ["\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value.withLock { $0 })"]
    }
}

/// Goes up and down.
final class GaugeSeries: Series {
    private let value = Mutex(0.0)

    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func add(_ amount: Double) { value.withLock { $0 += amount } }
    func lines(_ name: String, _ labels: String) -> [String] {
        ["\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(Exposition.text(value.withLock { $0 }))"]
    }
}

/// Counts values by their size.
final class HistogramSeries: Series {
    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// Values up to each bound and above the one before; the last: above all.
        var counts: [Int64]
        var sum = 0.0
    }

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    func lines(_ name: String, _ labels: String) -> [String] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        let more = labels.isEmpty ? "" : labels + ","
        var total: Int64 = 0
        var lines: [String] = []
        for (bound, count) in zip(bounds.map(Exposition.text) + ["+Inf"], counts) {
            total += count
            lines.append("\(name)_bucket{\(more)le=\"\(bound)\"} \(total)")
        }
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        return lines + ["\(name)_sum\(braces) \(Exposition.text(sum))", "\(name)_count\(braces) \(total)"]
    }
}
