import Foundation

/// The table of all results, the best number of each column marked.
struct SummaryTable {
    let report: EvaluationReport
    let times: Bool

    private struct Column {
        let title: String
        let value: (EvaluationResult) -> Double?
        let text: (Double?) -> String
        /// Whether a larger number is better; `nil` where neither is.
        var rising: Bool?
        /// How far the value may be off; `nil` where that is not measured.
        var spread: (EvaluationResult) -> Double? = { _ in nil }
    }

    var html: String {
        let head = ["Model", "Detector", "Alignment", "Metric"].map { "<th>\($0)</th>" }
        let heads = head + columns.map { "<th class=\"n\">\($0.title)</th>" }
        let bests = columns.map(best)
        let rows = report.results.enumerated().map { index, result in
            let model = "<a href=\"#r\(index + 1)\">\(HTMLText.escaped(result.recipe.model))</a>"
            let names = [model, result.recipe.detector, result.recipe.align.rawValue, result.metric.rawValue]
            let numbers = zip(columns, bests).map { column, best in
                let value = column.value(result)
                let mark = value != nil && value == best ? " best" : ""
                let spread = column.spread(result).map { String(format: " ± %.2f", $0 * 100) } ?? ""
                return "<td class=\"n\(mark)\">\(column.text(value))\(spread)</td>"
            }
            return "<tr>\((names.map { "<td>\($0)</td>" } + numbers).joined())</tr>"
        }
        return """
            <table><thead><tr>\(heads.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table>
            """
    }

    private var columns: [Column] {
        var columns = [
            Column(title: "Threshold", value: \.threshold, text: { $0.map { String(format: "%g", $0) } ?? "n/a" }),
            Column(title: "Right", value: \.allPairs.accuracy, text: { HTMLText.percent($0) }, rising: true),
            Column(
                title: "With<br>faces", value: \.withFaces.accuracy, text: { HTMLText.percent($0) }, rising: true),
            Column(
                title: "Right,<br>k-fold", value: { $0.allPairs.folded?.mean },
                text: { HTMLText.percent($0) }, rising: true,
                spread: { $0.allPairs.folded?.standardDeviation }),
            Column(title: "EER", value: \.allPairs.equalErrorRate, text: { HTMLText.percent($0) }, rising: false),
            Column(title: "AUC", value: \.allPairs.area, text: { HTMLText.number($0) }, rising: true),
        ]
        for (index, point) in (report.results.first?.allPairs.operatingPoints ?? []).enumerated() {
            columns.append(
                Column(
                    title: "TAR at<br>\(String(format: "%g", point.far))",
                    value: { $0.allPairs.operatingPoints[index].tar }, text: { HTMLText.percent($0, places: 1) },
                    rising: true))
        }
        columns.append(
            Column(
                title: "Without<br>face", value: { Double($0.photosWithoutFace.count) },
                text: { HTMLText.number($0, places: 0) }, rising: false))
        if times {
            columns.append(
                Column(
                    title: "Per<br>photo", value: \.secondsPerPhoto,
                    text: { $0.map { String(format: "%.0f ms", $0 * 1000) } ?? "n/a" }, rising: false))
        }
        return columns
    }

    /// The best number of a column, where there is a choice.
    private func best(_ column: Column) -> Double? {
        let values = report.results.compactMap(column.value)
        guard let rising = column.rising, Set(values).count > 1 else { return nil }
        return rising ? values.max() : values.min()
    }
}
