import Foundation

/// Histograms of the distances of pairs of one person and of different people, each kind adding up to 100 %.
enum HistogramPlot {
    static func html(_ result: EvaluationResult) -> String {
        let histogram = DistanceHistogram(result.scores)
        func shares(_ counts: [Int]) -> [Double] {
            let total = max(1, counts.reduce(0, +))
            return counts.map { Double($0) / Double(total) }
        }
        let (same, different) = (shares(histogram.same), shares(histogram.different))
        let highest = max((same + different).max() ?? 0, 0.01)
        let end = histogram.width * Double(same.count)
        let frame = PlotFrame(
            x: .linear("distance (\(result.metric.rawValue))", 0...end) {
                String(format: "%g", ($0 * 1e6).rounded() / 1e6)
            },
            y: .linear("share of the pairs", 0...(highest * 1.12), count: 5) {
                String(format: "%g %%", ($0 * 1e4).rounded() / 100)
            })
        var lines: [String] = []
        for (name, shares) in [("different", different), ("same", same)] {
            for (bin, share) in shares.enumerated() where share > 0 {
                let x = frame.across(Double(bin) * histogram.width)
                let width = frame.across(Double(bin + 1) * histogram.width) - x - 0.6
                let y = frame.down(share)
                lines.append(
                    "<rect class=\"bar \(name)\" x=\"\(PlotFrame.text(x))\" y=\"\(PlotFrame.text(y))\" "
                        + "width=\"\(PlotFrame.text(width))\" height=\"\(PlotFrame.text(PlotFrame.bottom - y))\"/>")
            }
        }
        if let threshold = result.threshold, threshold <= end { lines.append(line(at: threshold, frame)) }
        let title = "Distances of pairs of one person and of different people"
        return """
            <figure>\(frame.svg(title: title, lines.joined(separator: "\n")))
            <ul class="legend"><li><span class="key same"></span>one person (\(histogram.same.reduce(0, +)))</li>\
            <li><span class="key different"></span>different people (\(histogram.different.reduce(0, +)))</li></ul>
            <figcaption>Each kind adds up to 100 %. Pairs in which a photo has no face are left out.</figcaption>\
            </figure>
            """
    }

    private static func line(at threshold: Double, _ frame: PlotFrame) -> String {
        let x = frame.across(threshold)
        let isRight = x > (PlotFrame.left + PlotFrame.right) / 2
        let place = PlotFrame.text(isRight ? x - 5 : x + 5)
        return """
            <path class="threshold" d="M\(PlotFrame.text(x)) \(PlotFrame.top)V\(PlotFrame.bottom)"/>
            <text class="mark" x="\(place)" y="\(PlotFrame.top + 11)" text-anchor="\(isRight ? "end" : "start")">\
            threshold \(String(format: "%g", threshold))</text>
            """
    }
}
