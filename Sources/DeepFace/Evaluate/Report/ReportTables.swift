import Foundation

/// An evaluation's report as tables of comma-separated values (RFC 4180).
package enum ReportTables {
    /// A row a combination. What could not be measured is an empty cell.
    package static func combinations(_ report: EvaluationReport, times: Bool) -> String {
        let rates = report.results.first?.allPairs.operatingPoints.map(\.far) ?? []
        var header = [
            "model", "detector_backend", "align", "similarity_metric", "threshold", "pairs", "pairs_without_face",
            "photos_without_face", "unreadable_photos", "accuracy", "accuracy_with_faces", "kfold_accuracy",
            "kfold_standard_deviation", "kfold_accuracy_with_faces", "best_accuracy", "best_threshold", "eer", "auc",
        ]
        header += rates.map { "tar_at_far_\($0)" }
        if times { header.append("seconds_per_photo") }
        return CSVLine.text(header)
            + report.results.map { result in
                let (all, faces) = (result.allPairs, result.withFaces)
                var cells = [
                    result.recipe.model, result.recipe.detector, result.recipe.align.rawValue, result.metric.rawValue,
                    result.threshold.map { "\($0)" } ?? "", "\(all.pairs)", "\(all.pairs - faces.pairs)",
                    "\(result.photosWithoutFace.count)", "\(result.unreadablePhotos.count)",
                ]
                let numbers =
                    [
                        all.accuracy, faces.accuracy, all.folded?.mean, all.folded?.standardDeviation,
                        faces.folded?.mean, all.bestAccuracy, all.bestThreshold, all.equalErrorRate, all.area,
                    ] + all.operatingPoints.map(\.tar) + (times ? [result.secondsPerPhoto] : [])
                cells += numbers.map { $0.map { "\($0.rounded(toPlaces: 6))" } ?? "" }
                return CSVLine.text(cells)
            }.joined()
    }

    /// A row a pair and combination. A verdict is at the model's own threshold; without a distance it is "different".
    package static func pairs(_ report: EvaluationReport) -> String {
        let header = [
            "model", "detector_backend", "align", "similarity_metric", "img1", "img2", "fold", "truth", "distance",
            "threshold", "verdict", "right",
        ]
        return CSVLine.text(header)
            + report.results.map { result in
                zip(report.pairs, result.scores).map { pair, score in
                    let verdict = result.threshold.map { score.isAccepted(at: $0) }
                    return CSVLine.text([
                        result.recipe.model, result.recipe.detector, result.recipe.align.rawValue,
                        result.metric.rawValue, pair.first, pair.second, "\(score.fold)", word(score.same),
                        score.distance.map { "\($0)" } ?? "", result.threshold.map { "\($0)" } ?? "",
                        verdict.map(word) ?? "", verdict.map { $0 == score.same ? "yes" : "no" } ?? "",
                    ])
                }.joined()
            }.joined()
    }

    private static func word(_ same: Bool) -> String { same ? "same" : "different" }
}
