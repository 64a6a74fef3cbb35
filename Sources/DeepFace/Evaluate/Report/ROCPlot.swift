import Foundation

/// ROC curves: how many of the same are accepted, against how many of the different, the latter by powers of ten.
enum ROCPlot {
    /// A combination's curve, its name, and the point of its own threshold.
    struct Series {
        let name: String
        let curve: ROCCurve
        let threshold: Double?
    }

    /// Colours that the style has.
    static let colours = 8

    static func html(_ series: [Series]) -> String {
        guard let different = series.map(\.curve.different).max() else { return "" }
        let smallest = 1 / Double(different)
        let exponent = min(-1, Int(log10(smallest).rounded(.down)))
        let lowest = series.map { start($0.curve) }.min() ?? 0
        let bottom = min(0.9, (lowest * 10 - 1e-9).rounded(.down) / 10)
        let frame = PlotFrame(
            x: .decades("different people taken for one (FAR)", from: exponent),
            y: .linear("one person recognised (TAR)", max(0, bottom)...1, count: 5) {
                String(format: "%.0f %%", $0 * 100)
            })
        var lines: [String] = []
        let edge = frame.across(smallest)
        if edge - PlotFrame.left > 1 {
            let (width, height) = (
                PlotFrame.text(edge - PlotFrame.left), PlotFrame.text(PlotFrame.bottom - PlotFrame.top)
            )
            lines.append(
                "<rect class=\"unknown\" x=\"\(PlotFrame.left)\" y=\"\(PlotFrame.top)\" width=\"\(width)\" "
                    + "height=\"\(height)\"/>"
            )
        }
        let paths = series.map { path($0.curve, frame) }
        for (index, one) in series.enumerated() {
            let dashes = dashes(index, among: paths)
            lines.append("<path class=\"curve s\(index % colours)\"\(dashes) d=\"\(paths[index])\"/>")
            guard let threshold = one.threshold else { continue }
            let point = one.curve.points.last { $0.threshold ?? 0 <= threshold } ?? one.curve.points[0]
            let (x, y) = (frame.across(point.falseMatchRate), frame.down(point.trueMatchRate))
            lines.append(
                "<circle class=\"dot s\(index % colours)\" cx=\"\(PlotFrame.text(x))\" cy=\"\(PlotFrame.text(y))\" "
                    + "r=\"4.5\"/>"
            )
        }
        let title = "ROC curves of \(series.map(\.name).joined(separator: ", "))"
        let legend = series.enumerated().map { index, one in
            "<li><span class=\"key s\(index % colours)\"></span>\(HTMLText.escaped(one.name))</li>"
        }
        return """
            <figure>\(frame.svg(title: title, lines.joined(separator: "\n")))
            <ul class="legend">\(legend.joined())</ul>
            <figcaption>A dot is a model's own threshold. Shaded: rates below one of the \(different) pairs of \
            different people, which these pairs cannot show; on its left edge, none of them.</figcaption></figure>
            """
    }

    /// Curves that cover each other take turns.
    private static func dashes(_ index: Int, among paths: [String]) -> String {
        let equals = paths.indices.filter { paths[$0] == paths[index] }
        guard equals.count > 1, let turn = equals.firstIndex(of: index) else { return "" }
        return " stroke-dasharray=\"12 \(12 * (equals.count - 1))\" stroke-dashoffset=\"\(-12 * turn)\""
    }

    /// The true match rate with no false match.
    private static func start(_ curve: ROCCurve) -> Double {
        curve.points.last { $0.falseMatchRate == 0 }?.trueMatchRate ?? 0
    }

    /// Steps: the rate at a point holds until the next one.
    private static func path(_ curve: ROCCurve, _ frame: PlotFrame) -> String {
        var path = "M\(PlotFrame.text(PlotFrame.left)) \(PlotFrame.text(frame.down(start(curve))))"
        for point in curve.corners where point.falseMatchRate > 0 {
            path += "H\(PlotFrame.text(frame.across(point.falseMatchRate)))"
            path += "V\(PlotFrame.text(frame.down(point.trueMatchRate)))"
        }
        return path + "H\(PlotFrame.text(PlotFrame.right))"
    }
}
