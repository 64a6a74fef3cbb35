import DeepFace
import Foundation

extension EvaluationReport {
    /// The results as a table for people.
    func table(times: Bool) -> [[String]] {
        let rates = results.first?.allPairs.operatingPoints.map(\.far) ?? []
        var header = [
            "model", "detector", "align", "metric", "threshold", "right", "with faces", "k-fold", "EER", "AUC",
        ]
        header += rates.map { "TAR@\(String(format: "%g", $0))" } + ["no face"]
        if times { header.append("a photo") }
        let rows = results.map { result in
            let all = result.allPairs
            let folded = all.folded.map {
                Self.percent($0.mean) + String(format: " ± %.2f", $0.standardDeviation * 100)
            }
            var row = [
                result.recipe.model, result.recipe.detector, result.recipe.align.rawValue, result.metric.rawValue,
                result.threshold.map { String(format: "%g", $0) } ?? "-", Self.percent(all.accuracy),
                Self.percent(result.withFaces.accuracy), folded ?? "n/a", Self.percent(all.equalErrorRate),
                all.area.map { String(format: "%.4f", $0) } ?? "n/a",
            ]
            row += all.operatingPoints.map { Self.percent($0.tar) } + ["\(result.photosWithoutFace.count)"]
            if times { row.append(String(format: "%.0f ms", result.secondsPerPhoto * 1000)) }
            return row
        }
        return [header] + rows
            + skipped.map { ["\($0.model)", $0.detector, $0.align.rawValue, "skipped: \($0.reason)"] }
    }

    /// For each result how errors fall when pairs of low quality are turned away: a title and a table, or nothing.
    var qualityTables: [[[String]]] {
        results.flatMap { result -> [[[String]]] in
            guard let curve = result.rejectCurve else { return [] }
            let names = [result.recipe.model, result.recipe.detector, result.recipe.align.rawValue]
            let header = [
                "turned away", "below quality", "pairs", "right", "FNMR", "FMR",
                "FNMR at \(String(format: "%g", curve.hardThreshold))", "EER",
            ]
            let rows = curve.points.map { point in
                [
                    Self.percent(point.rejected), String(format: "%g", point.bar), "\(point.pairs)",
                    Self.percent(point.accuracy), Self.percent(point.falseNonMatchRate),
                    Self.percent(point.falseMatchRate), Self.percent(point.hardFalseNonMatchRate),
                    Self.percent(point.equalErrorRate),
                ]
            }
            return [[[], ["\(names.joined(separator: ", ")), by quality:"]], [header] + rows]
        }
    }

    static func percent(_ share: Double?) -> String { share.map { String(format: "%.2f %%", $0 * 100) } ?? "n/a" }
}

extension Calibration {
    /// The proposal as a table for people; `file` is where it was written.
    func table(_ file: String?) -> [[String]] {
        func rate(_ rate: Double, _ interval: [Double]) -> String {
            let ends = interval.map { EvaluationReport.percent($0) }.joined(separator: " to ")
            return "\(EvaluationReport.percent(rate)), 95 % sure: \(ends)"
        }
        return [
            ["threshold", "\(threshold) (\(metric.rawValue))"],
            ["false matches", rate(falseMatchRate, falseMatchInterval)],
            ["false non-matches", rate(falseNonMatchRate, falseNonMatchInterval)],
            ["pairs", "\(same) of one person, \(different) of different people"],
            ["model", "\(recipe.model), \(recipe.detector), alignment by \(recipe.align.rawValue)"],
        ] + (file.map { [["use it with", "--threshold @\($0)"]] } ?? [])
    }
}
