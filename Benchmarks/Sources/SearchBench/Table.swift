import Foundation

/// Prints results as they come, and at the end the best of ours beside the best of the others.
struct Table {
    private var results: [(result: Result, isOurs: Bool)] = []

    func printHead() {
        print(line("index", "setting", "ms", "searches/s", "rank-1", "mates", "recall", "build s", "MB"))
    }

    mutating func add(_ result: Result, isOurs: Bool) {
        results.append((result, isOurs))
        func text(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "–" }
        print(
            line(
                (isOurs ? "* " : "  ") + result.library, result.setting, text(result.ms, "%.3f"),
                text(result.qps, "%.0f"), text(result.rank1, "%.3f"), text(result.mates, "%.3f"),
                text(result.recall, "%.3f"), text(result.build, "%.1f"), text(result.rss, "%.0f")))
        fflush(nil)
    }

    /// For each quality, the fastest of ours and of the others that reach it.
    func printSummary() {
        print("\nfastest that reach it, ours (*) and others':")
        let qualities: [(String, (Result) -> Bool)] = [
            ("rank-1 >= 0.98", { $0.rank1 >= 0.98 }), ("rank-1 >= 0.99", { $0.rank1 >= 0.99 }),
            ("recall@10 >= 0.90", { $0.recall ?? 0 >= 0.90 }), ("recall@10 >= 0.95", { $0.recall ?? 0 >= 0.95 }),
            ("recall@10 = 1", { $0.recall == 1 }),
        ]
        for (name, reaches) in qualities {
            let fit = results.filter { reaches($0.result) }
            let ours = fit.filter(\.isOurs).map(\.result)
            let others = fit.filter { !$0.isOurs }.map(\.result)
            compare(name + ", one probe", ours, others, "ms", "%.3f") { $0.ms }
            compare(name + ", batch", ours, others, "us", "%.1f") { $0.qps.map { 1e6 / $0 } ?? .infinity }
        }
    }

    private func compare(
        _ name: String, _ ours: [Result], _ others: [Result], _ unit: String, _ format: String,
        _ time: (Result) -> Double
    ) {
        func best(_ results: [Result]) -> Result? {
            results.filter { time($0).isFinite }.min { time($0) < time($1) }
        }
        func text(_ result: Result?) -> String {
            result.map { "\($0.library), \($0.setting): \(String(format: format, time($0))) \(unit)" } ?? "none"
        }
        let (one, other) = (best(ours), best(others))
        print("\(name)\n  * \(text(one))\n    \(text(other))")
        if let one, let other { print(String(format: "    ratio %.2f", time(other) / time(one))) }
    }

    private func line(_ cells: String...) -> String {
        let widths = [14, 44, 9, 11, 7, 7, 7, 8, 7]
        return zip(cells, widths).enumerated().map { column, cell in
            let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return column < 2 ? cell.0 + padding : padding + cell.0
        }.joined(separator: " ")
    }
}
