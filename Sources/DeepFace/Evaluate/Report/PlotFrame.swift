import Foundation

/// The frame of a plot in SVG: axes, ticks and their labels. Colours come from the page's style.
struct PlotFrame {
    let x, y: Axis

    static let width = 480.0
    static let height = 320.0
    static let left = 66.0
    static let right = 452.0
    static let top = 18.0
    static let bottom = 264.0

    /// One direction of a plot.
    struct Axis {
        let label: String
        let range: ClosedRange<Double>
        let ticks: [(value: Double, label: String)]
        var isLogarithmic = false

        /// Where a value lies, 0 to 1; a value outside lies on the edge.
        func place(_ value: Double) -> Double {
            let (low, high) = (range.lowerBound, range.upperBound)
            let share =
                isLogarithmic
                ? (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
            return min(1, max(0, share))
        }

        /// Ticks at round numbers, about `count` of them.
        static func linear(
            _ label: String, _ range: ClosedRange<Double>, count: Int = 6, text: (Double) -> String
        ) -> Axis {
            let rough = (range.upperBound - range.lowerBound) / Double(count)
            let power = pow(10, log10(rough).rounded(.down))
            let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
            let first = Int((range.lowerBound / step - 1e-6).rounded(.up))
            let last = Int((range.upperBound / step + 1e-6).rounded(.down))
            let ticks = first <= last ? (first...last).map { Double($0) * step } : []
            return Axis(label: label, range: range, ticks: ticks.map { ($0, text($0)) })
        }

        /// A tick at each power of ten.
        static func decades(_ label: String, from exponent: Int) -> Axis {
            let ticks = (exponent...0).map { power in
                (pow(10, Double(power)), power == 0 ? "100 %" : "\(trimmed(pow(10, Double(power + 2)))) %")
            }
            return Axis(label: label, range: pow(10, Double(exponent))...1, ticks: ticks, isLogarithmic: true)
        }

        private static func trimmed(_ value: Double) -> String { String(format: "%g", value) }
    }

    func across(_ value: Double) -> Double { Self.left + (Self.right - Self.left) * x.place(value) }
    func down(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * y.place(value) }

    /// The picture around `content`; `title` is for those who cannot see it.
    func svg(title: String, _ content: String) -> String {
        let (left, right, top, bottom) = (Self.left, Self.right, Self.top, Self.bottom)
        var lines = [
            "<svg class=\"plot\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\">",
            "<title>\(HTMLText.escaped(title))</title>",
        ]
        for tick in x.ticks {
            let place = Self.text(across(tick.value))
            lines.append("<path class=\"grid\" d=\"M\(place) \(top)V\(bottom)\"/>")
            lines.append(
                "<text class=\"tick\" x=\"\(place)\" y=\"\(bottom + 18)\" text-anchor=\"middle\">\(tick.label)</text>")
        }
        for tick in y.ticks {
            let place = Self.text(down(tick.value))
            lines.append("<path class=\"grid\" d=\"M\(left) \(place)H\(right)\"/>")
            lines.append(
                "<text class=\"tick\" x=\"\(left - 7)\" y=\"\(place)\" dy=\"0.35em\" text-anchor=\"end\">"
                    + "\(tick.label)</text>"
            )
        }
        lines.append(content)
        lines.append("<path class=\"axis\" d=\"M\(left) \(top)V\(bottom)H\(right)\"/>")
        let (middle, centre) = ((left + right) / 2, (top + bottom) / 2)
        lines.append(
            "<text class=\"label\" x=\"\(middle)\" y=\"\(bottom + 44)\" text-anchor=\"middle\">\(x.label)</text>")
        lines.append(
            "<text class=\"label\" transform=\"translate(12 \(centre)) rotate(-90)\" text-anchor=\"middle\">"
                + "\(y.label)</text>"
        )
        lines.append("</svg>")
        return lines.joined(separator: "\n")
    }

    /// A place in the picture.
    static func text(_ place: Double) -> String { String(format: "%.1f", place) }
}
