import Foundation

/// An evaluation's report as one page that needs nothing else: tables, plots as SVG, and the worst mistakes.
package struct HTMLReport {
    let report: EvaluationReport
    /// The folder that the pairs' photos are in, and the one that the page is in: photos are linked, not copied.
    let images, folder: URL
    let times: Bool

    package init(_ report: EvaluationReport, images: URL, folder: URL, times: Bool) {
        (self.report, self.images, self.folder, self.times) = (report, images, folder, times)
    }

    /// Results that are open when the page is.
    private static let open = 6

    package var page: String {
        let same = report.pairs.count(where: \.same)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Face verification on \(report.pairs.count) pairs</title>
            <style>
            \(ReportStyle.css)
            </style>
            </head>
            <body>
            <main>
            <h1>Face verification on \(report.pairs.count) pairs</h1>
            <p class="quiet">\(same) of one person, \(report.pairs.count - same) of different people; \
            \(report.photos) photos. \
            Always answering “\(2 * same > report.pairs.count ? "same" : "different")” would be right for \
            \(HTMLText.percent(Double(max(same, report.pairs.count - same)) / Double(report.pairs.count))).</p>
            <h2>Results</h2>
            <div class="card scroll">\(SummaryTable(report: report, times: times).html)</div>
            \(skipped)
            \(overview)
            <h2>One by one</h2>
            \(report.results.enumerated().map { section($0, $1) }.joined(separator: "\n"))
            <h2>How it was measured</h2>
            <div class="card">\(ReportNotes(report: report, times: times).html)</div>
            </main>
            </body>
            </html>

            """
    }

    /// The curves of the best results together.
    private var overview: String {
        guard report.results.count > 1 else { return "" }
        let ranked = report.results.enumerated().sorted { one, other in
            (one.element.allPairs.equalErrorRate ?? 1, one.offset) < (
                other.element.allPairs.equalErrorRate ?? 1, other.offset
            )
        }
        let chosen = ranked.prefix(ROCPlot.colours).sorted { $0.offset < $1.offset }.map(\.element)
        let words =
            chosen.count < report.results.count ? " of the \(chosen.count) with the lowest equal error rates" : ""
        return """
            <h2>ROC curves\(words)</h2>
            <div class="card"><div class="wide">\(ROCPlot.html(chosen.compactMap(\.series)))</div></div>
            """
    }

    private func section(_ index: Int, _ result: EvaluationResult) -> String {
        let all = result.allPairs
        var tiles = [
            ("right at the threshold", HTMLText.percent(all.accuracy)),
            ("right, k-fold", HTMLText.percent(all.folded?.mean)),
            ("equal error rate", HTMLText.percent(all.equalErrorRate)),
            ("area under ROC", HTMLText.number(all.area)),
        ]
        tiles += all.operatingPoints.filter { $0.tar != nil }.suffix(1).map {
            ("TAR at FAR \(String(format: "%g", $0.far))", HTMLText.percent($0.tar))
        }
        if times { tiles.append(("per photo", String(format: "%.0f ms", result.secondsPerPhoto * 1000))) }
        let boxes = tiles.map { "<div class=\"tile\"><b>\($0.1)</b><span>\($0.0)</span></div>" }.joined()
        let curve = result.series.map { ROCPlot.html([$0]) } ?? ""
        let rejects = result.rejectCurve.map(RejectPlot.html) ?? ""
        return """
            <details class="card" id="r\(index + 1)"\(index < Self.open ? " open" : "")>
            <summary>\(HTMLText.escaped(result.name))</summary>
            <div class="tiles">\(boxes)</div>
            <div class="plots">\(HistogramPlot.html(result))\(curve)\(rejects)</div>
            \(MistakeTables(result: result, report: report, images: images, folder: folder).html)
            </details>
            """
    }

    private var skipped: String {
        guard !report.skipped.isEmpty else { return "" }
        let rows = report.skipped.map { skipped in
            let names = "\(skipped.model), \(skipped.detector), \(skipped.align.rawValue)"
            return "<li>\(HTMLText.escaped("\(names): \(skipped.reason)"))</li>"
        }
        return "<div class=\"card\"><b>Skipped</b><ul>\(rows.joined())</ul></div>"
    }
}

extension EvaluationResult {
    /// What a page calls it.
    var name: String { "\(recipe.model) · \(recipe.detector) · \(recipe.align.rawValue) · \(metric.rawValue)" }

    fileprivate var series: ROCPlot.Series? {
        curve.map { ROCPlot.Series(name: name, curve: $0, threshold: threshold) }
    }
}
