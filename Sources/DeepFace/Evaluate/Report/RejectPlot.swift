import Foundation

/// Errors against the share of pairs that are turned away for their quality.
enum RejectPlot {
    private struct Line {
        let name: String
        let value: (RejectCurve.Point) -> Double?
    }

    static func html(_ curve: RejectCurve) -> String {
        let hard = String(format: "%g", curve.hardThreshold)
        var lines = [
            Line(name: "one person not accepted, at \(hard)", value: \.hardFalseNonMatchRate),
            Line(name: "equal error rate", value: \.equalErrorRate),
        ]
        if let threshold = curve.threshold {
            lines.insert(
                Line(
                    name: "one person not accepted, at the threshold \(String(format: "%g", threshold))",
                    value: \.falseNonMatchRate), at: 1)
        }
        let highest = curve.points.flatMap { point in lines.compactMap { $0.value(point) } }.max() ?? 0
        let end = max(0.1, curve.points.map(\.rejected).max() ?? 0)
        func percent(_ share: Double) -> String { String(format: "%g %%", (share * 1e4).rounded() / 100) }
        let frame = PlotFrame(
            x: .linear("pairs of the lowest quality left out", 0...end, text: percent),
            y: .linear("errors among the others", 0...max(0.01, highest * 1.1), count: 5, text: percent))
        let paths = lines.enumerated().map { index, line in
            let places = curve.points.compactMap { point in
                line.value(point).map { (frame.across(point.rejected), frame.down($0)) }
            }
            let path = places.enumerated().map { step, place in
                "\(step == 0 ? "M" : "L")\(PlotFrame.text(place.0)) \(PlotFrame.text(place.1))"
            }
            let dots = places.map { x, y in
                "<circle class=\"dot s\(index)\" cx=\"\(PlotFrame.text(x))\" cy=\"\(PlotFrame.text(y))\" r=\"3.5\"/>"
            }
            return "<path class=\"curve s\(index)\" d=\"\(path.joined())\"/>\(dots.joined())"
        }
        let legend = lines.enumerated().map { index, line in
            "<li><span class=\"key s\(index)\"></span>\(HTMLText.escaped(line.name))</li>"
        }
        let bars = curve.points.dropFirst().map { "\(percent($0.rejected)) is \(String(format: "%g", $0.bar))" }
        return """
            <figure>\(frame.svg(title: "Errors against the share of pairs left out", paths.joined(separator: "\n")))
            <ul class="legend">\(legend.joined())</ul>
            <figcaption>A pair is as good as its worse face; pairs without a face are not counted. At \(hard) a tenth of \
            one person's pairs is not accepted. The lowest quality that leaves out \(bars.joined(separator: ", ")).\
            </figcaption></figure>
            """
    }
}
