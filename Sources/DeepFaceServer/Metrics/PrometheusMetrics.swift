import Metrics
import Synchronization

/// Keeps metrics in memory, and tells them in the text format of Prometheus.
public final class PrometheusMetrics: MetricsFactory {
    private struct Family {
        let kind: String
        var series: [String: any Series] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// Series that are kept of one metric: a label whose values have no end must not fill the memory.
    private static let maximumSeries = 2000

    /// Seconds, for latencies.
    static let seconds = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// For counts, as of faces that go through a network together.
    static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64]

    public init() {}

    /// All metrics, a line each.
    public func text() -> String {
        let families = families.withLock { $0 }
        var lines: [String] = []
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            lines.append("# TYPE \(name) \(family.kind)")
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                lines += series.lines(name, labels)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The series of these labels, made if it is new. One metric is of one kind; of another kind it is not told.
    private func series<Kind: Series>(
        _ label: String, _ dimensions: [(String, String)], kind: String, suffix: String = "", make: () -> Kind
    ) -> Kind {
        let base = Exposition.name(label)
        let name = base.hasSuffix(suffix) ? base : base + suffix
        let labels = Exposition.labels(dimensions)
        return families.withLock { families in
            var family = families[name] ?? Family(kind: kind)
            if let known = family.series[labels] as? Kind { return known }
            let new = make()
            if family.kind == kind, family.series[labels] == nil, family.series.count < Self.maximumSeries {
                family.series[labels] = new
                families[name] = family
            }
            return new
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterAdapter(series(label, dimensions, kind: "counter", suffix: "_total") { CounterSeries() })
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        GaugeAdapter(series(label, dimensions, kind: "gauge") { GaugeSeries() })
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return GaugeAdapter(series(label, dimensions, kind: "gauge") { GaugeSeries() }) }
        return HistogramAdapter(
            series(label, dimensions, kind: "histogram") { HistogramSeries(bounds: Self.counts) })
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        HistogramAdapter(
            series(label, dimensions, kind: "histogram", suffix: "_seconds") { HistogramSeries(bounds: Self.seconds) })
    }

    // Series stay: what was counted was counted.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

private final class CounterAdapter: CounterHandler {
    private let series: CounterSeries

    init(_ series: CounterSeries) { self.series = series }
    func increment(by amount: Int64) { series.add(amount) }
    func reset() { series.clear() }
}

private final class GaugeAdapter: MeterHandler, RecorderHandler {
    private let series: GaugeSeries

    init(_ series: GaugeSeries) { self.series = series }
    func set(_ value: Int64) { series.set(Double(value)) }
    func set(_ value: Double) { series.set(value) }
    func increment(by amount: Double) { series.add(amount) }
    func decrement(by amount: Double) { series.add(-amount) }
    func record(_ value: Int64) { series.set(Double(value)) }
    func record(_ value: Double) { series.set(value) }
}

private final class HistogramAdapter: RecorderHandler, TimerHandler {
    private let series: HistogramSeries

    init(_ series: HistogramSeries) { self.series = series }
    func record(_ value: Int64) { series.record(Double(value)) }
    func record(_ value: Double) { series.record(value) }
    func recordNanoseconds(_ duration: Int64) { series.record(Double(duration) / 1e9) }
}
