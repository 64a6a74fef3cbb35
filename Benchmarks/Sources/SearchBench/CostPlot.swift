import Foundation

/// Draws what searching costs against how many vectors there are, from what `SearchBench scale` printed.
///
///     SearchBench plot LOG… > cost.svg
struct CostPlot {
    /// What one run says.
    private struct Run {
        var count = 0.0
        var seconds: Double?, disk: Double?, memory: Double?
        /// Milliseconds of the least effort that finds the right person first in 98 of 100.
        var cold: Double?, warm: Double?
    }

    private let runs: [Run]

    /// A run's first words.
    static func head(of data: SearchData) -> String { "\(data.count) vectors of \(data.gallery.dimensions) numbers" }

    init(logs: [String]) throws {
        runs = try logs.map { try Self.read(String(contentsOfFile: $0, encoding: .utf8)) }.sorted {
            $0.count < $1.count
        }
    }

    private static func read(_ log: String) -> Run {
        var run = Run()
        for line in log.split(separator: "\n") {
            // Numbers stand between words: "warm: 300 lists, 20 candidates: median 2.250 ms, …".
            let words = line.split { " ,;:".contains($0) }
            func number(after word: Substring) -> Double? {
                words.firstIndex(of: word).flatMap { $0 + 1 < words.count ? Double(words[$0 + 1]) : nil }
            }
            switch words.first {
            case "built": run.seconds = number(after: "in")
            case "on": run.disk = number(after: "disk").map { $0 / 1000 }
            case "opened": run.memory = words.firstIndex(of: "MB").flatMap { Double(words[$0 - 1]) }.map { $0 / 1024 }
            case "cold" where run.cold == nil && (number(after: "rank-1") ?? 0) >= 0.98:
                run.cold = number(after: "median")
            case "warm" where run.warm == nil && (number(after: "rank-1") ?? 0) >= 0.98:
                run.warm = number(after: "median")
            default: if words.count > 1, words[1] == "vectors" { run.count = Double(words[0]) ?? 0 }
            }
        }
        return run
    }

    // MARK: Drawing

    private static let size = (width: 760.0, height: 260.0)

    /// Both axes go by powers of ten.
    func svg() -> String {
        let lines: [(title: String, unit: String, curves: [(name: String, value: (Run) -> Double?)])] = [
            ("One search", "ms", [("from cold disk", { $0.cold }), ("warm", { $0.warm })]),
            ("Room", "GB", [("disk", { $0.disk }), ("memory", { $0.memory })]),
            ("Build", "s", [("two cores", { $0.seconds })]),
        ]
        let width = Self.size.width / Double(lines.count)
        let panels = lines.enumerated().map { place, panel in
            "<g transform=\"translate(\(place * Int(width)),0)\">"
                + self.panel(panel.title, panel.unit, panel.curves, width: width) + "</g>"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Self.size.width)) \(Int(Self.size.height))" \
            font-family="sans-serif" font-size="11">
            <style>
            text { fill: #222 } .grid { stroke: #bbb; stroke-width: .5 } .a { stroke: #0b62a8; fill: #0b62a8 }
            .b { stroke: #b3541e; fill: #b3541e }
            @media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #555 }
            .a { stroke: #6db3f2; fill: #6db3f2 } .b { stroke: #f0a070; fill: #f0a070 } }
            </style>
            \(panels.joined(separator: "\n"))
            </svg>

            """
    }

    private func panel(
        _ title: String, _ unit: String, _ curves: [(name: String, value: (Run) -> Double?)], width: Double
    ) -> String {
        let values = curves.flatMap { curve in runs.compactMap(curve.value) }
        guard let least = values.min(), let most = values.max(), let first = runs.first, let last = runs.last else {
            return ""
        }
        let rows = (log10(least).rounded(.down), max(log10(most).rounded(.up), log10(least).rounded(.down) + 1))
        let columns = (log10(first.count), max(log10(last.count), log10(first.count) + 1))
        let (left, right, top, bottom) = (48.0, width - 20, 34.0, Self.size.height - 30)
        func x(_ count: Double) -> Double {
            left + (log10(count) - columns.0) / (columns.1 - columns.0) * (right - left)
        }
        func y(_ value: Double) -> Double { bottom - (log10(value) - rows.0) / (rows.1 - rows.0) * (bottom - top) }
        var parts = ["<text x=\"\(left)\" y=\"16\" font-weight=\"bold\">\(title), \(unit)</text>"]
        for power in Int(rows.0)...Int(rows.1) {
            let value = pow(10, Double(power))
            parts.append(line((left, y(value)), (right, y(value)), "grid"))
            parts.append(
                "<text x=\"\(left - 6)\" y=\"\(y(value) + 4)\" text-anchor=\"end\">\(Self.short(value))</text>")
        }
        for run in runs {
            parts.append(line((x(run.count), top), (x(run.count), bottom), "grid"))
            parts.append(
                "<text x=\"\(x(run.count))\" y=\"\(bottom + 16)\" text-anchor=\"middle\">\(Self.short(run.count))</text>"
            )
        }
        for (place, curve) in curves.enumerated() {
            let points = runs.compactMap { run in curve.value(run).map { (x(run.count), y($0)) } }
            let style = place == 0 ? "a" : "b"
            for (one, next) in zip(points, points.dropFirst()) { parts.append(line(one, next, style)) }
            for point in points {
                parts.append("<circle class=\"\(style)\" cx=\"\(point.0)\" cy=\"\(point.1)\" r=\"2.5\"/>")
            }
            parts.append(
                "<text class=\"\(style)\" stroke=\"none\" x=\"\(left + 8)\" y=\"\(top + 14 + 14 * Double(place))\">\(curve.name)</text>"
            )
        }
        return parts.joined(separator: "\n")
    }

    private func line(_ from: (Double, Double), _ to: (Double, Double), _ style: String) -> String {
        "<line class=\"\(style)\" x1=\"\(from.0)\" y1=\"\(from.1)\" x2=\"\(to.0)\" y2=\"\(to.1)\"/>"
    }

    /// 0.1, 10, 1 M, 1 G.
    private static func short(_ value: Double) -> String {
        let steps: [(Double, String)] = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
        guard let step = steps.first(where: { value >= $0.0 }) else {
            return value >= 1 ? "\(Int(value.rounded()))" : String(format: "%g", value)
        }
        return "\(Int((value / step.0).rounded()))\(step.1)"
    }
}
