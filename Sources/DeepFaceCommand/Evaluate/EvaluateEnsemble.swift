import ArgumentParser
import DeepFace
import Ensemble
import Foundation

extension Evaluate {
    /// Refuses what an ensemble decides by itself.
    func checkEnsemble() throws {
        guard ensemble != nil else { return }
        for (name, isGiven) in [
            ("--models", pairs.models != nil), ("--detectors", pairs.detectors != nil),
            ("--alignments", pairs.alignments != nil),
            ("--metrics", metrics != nil), ("--calibrate", calibrate != nil),
        ] where isGiven { throw ValidationError("\(name) does not go with --ensemble") }
        try EnsembleOption.check(shared, nil)
    }

    /// Measures an ensemble, and prints that.
    func run(_ evaluation: Evaluation, ensemble file: String) async throws {
        let ensemble = try Ensemble(contentsOf: file)
        let folder = try report.map { path throws(DeepFaceError) in try ReportFolder(URL(fileURLWithPath: path)) }
        var progress = Progress("photos", total: 0)
        defer { progress.clear() }
        let found = try await EnsembleEvaluation(ensemble, evaluation).run { progress.show($0, of: $1) }
        progress.clear()
        let document = EnsembleEvaluationDocument(found, times: !noTimes)
        if let folder {
            try folder.write(found.members, images: evaluation.images, times: !noTimes)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            let json = try encoder.encode(document) + Data("\n".utf8)
            try AtomicFile.write(json, to: folder.url.appending(path: "ensemble.json"))
        }
        if found.isOfTraining {
            printToStandardError("deepface: the ensemble was trained on these very pairs, so its numbers flatter")
        }
        if shared.faces.pretty {
            try Output.print(table: found.table(times: !noTimes))
        } else {
            try Output.print(document, spread: true)
        }
    }
}

extension EnsembleEvaluationReport {
    /// The members' table, with the ensemble as its last row.
    fileprivate func table(times: Bool) -> [[String]] {
        let folded = allPairs.folded.map {
            EvaluationReport.percent($0.mean) + String(format: " ± %.2f", $0.standardDeviation * 100)
        }
        var row = [
            "ensemble", ensemble.kind.rawValue, "", "probability", "\(ensemble.threshold)",
            EvaluationReport.percent(allPairs.accuracy), EvaluationReport.percent(withFaces.accuracy), folded ?? "n/a",
            EvaluationReport.percent(allPairs.equalErrorRate),
            allPairs.area.map { String(format: "%.4f", $0) } ?? "n/a",
        ]
        row += allPairs.operatingPoints.map { EvaluationReport.percent($0.tar) }
        row.append("\(allPairs.pairs - withFaces.pairs) pairs")
        return members.table(times: times) + [row]
    }
}
