import ArgumentParser
import DeepFace
import Foundation

struct Evaluate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure on labelled pairs of photos how often verdicts are right.",
        discussion: """
            Compares the pairs of a file whose truth is known: pairs.txt of Labeled Faces in the Wild, or CSV with a \
            header that names the columns file_x, file_y, decision (yes or no) and perhaps fold. Every model is \
            tried with every detector, alignment and metric that is listed.

            Prints JSON, with --pretty a table: the share of right verdicts at the model's own threshold and at one \
            found on other pairs (k-fold), equal error rate, area under the ROC curve, true at false match \
            rates, photos without a face, and the time of a photo. --report writes a page with plots too.

            Embeddings are kept in the cache: a run that was stopped goes on where it was, and gives the same report.

            EXAMPLES
              deepface evaluate --pairs pairs.txt --images lfw --pretty
              deepface evaluate --pairs pairs.csv --images photos --detectors mtcnn,opencv --alignments eyes,landmarks \
            --report report
              deepface evaluate --pairs pairs.csv --images photos --by-quality --pretty
              deepface evaluate --pairs pairs.csv --images photos --calibrate 0.01 --out threshold.json
              deepface verify a.jpg b.jpg --threshold @threshold.json
            """)

    @OptionGroup var pairs: PairOptions

    @Option(
        help: ArgumentHelp(
            "Distances, separated by commas: cosine, euclidean, euclidean_l2, angular. (default: the model's own)",
            valueName: "list"))
    var metrics: NameList?

    @Option(
        help: ArgumentHelp(
            "False match rates to tell the true match rate at. (default: powers of ten, as far as the pairs go)",
            valueName: "list"))
    var far: NameList?

    @Option(help: ArgumentHelp("Write index.html, report.json, report.csv and pairs.csv here.", valueName: "dir"))
    var report: String?

    @Flag(help: "Leave out how long photos took, so that reports of two runs can be compared.")
    var noTimes = false

    @Option(
        help: ArgumentHelp("Propose the threshold for this false match rate, for one combination.", valueName: "rate"))
    var calibrate: Double?

    @Option(help: ArgumentHelp("Write the proposed threshold here, for --threshold @file.", valueName: "file"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Measure this ensemble, of: deepface ensemble train; its file says what it looks at.", valueName: "file"))
    var ensemble: String?

    @Flag(help: "Tell how errors fall when photos of low quality are turned away: the error-versus-reject curve.")
    var byQuality = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        try checkEnsemble()
        if out != nil, calibrate == nil { throw ValidationError("--out goes with --calibrate") }
        try pairs.check()
        let outputs = [out] + ReportFolder.files.map { name in report.map { "\($0)/\(name)" } }
        try FaceOptions.refuse(outputs.compactMap(\.self), over: pairs.pairs)
    }

    func run() async throws {
        let labelled = try PairsFile.pairs(in: pairs.pairs)
        let evaluation = try evaluation(labelled)
        if let ensemble { return try await run(evaluation, ensemble: ensemble) }
        let different = labelled.count { !$0.same }
        if let calibrate {
            let combinations =
                evaluation.models.count * evaluation.detectors.count * (evaluation.alignments?.count ?? 1)
                * (evaluation.metrics?.count ?? 1)
            guard combinations == 1 else {
                throw ValidationError("--calibrate is for one combination, and \(combinations) are asked for")
            }
            try Calibration.check(falseMatchRate: calibrate, different: different)
        }
        let folder = try report.map { path throws(DeepFaceError) in try ReportFolder(URL(fileURLWithPath: path)) }
        var progress = Progress("photos", total: 0)
        defer { progress.clear() }
        let found = try await evaluation.run { done, total in progress.show(done, of: total) }
        progress.clear()
        try folder?.write(found, images: evaluation.images, times: !noTimes)
        if let calibrate {
            try propose(found, rate: calibrate)
        } else if shared.faces.pretty {
            try Output.print(table: found.table(times: !noTimes))
            for table in found.qualityTables { try Output.print(table: table) }
        } else {
            try Output.print(ReportDocument(found, times: !noTimes), spread: true)
        }
    }

    private func propose(_ found: EvaluationReport, rate: Double) throws {
        let calibration = try Calibration(found.results[0], falseMatchRate: rate)
        if let out { try calibration.write(to: URL(fileURLWithPath: out)) }
        if shared.faces.pretty {
            try Output.print(table: calibration.table(out))
        } else {
            try Output.print(calibration, spread: true)
        }
    }

    private func evaluation(_ labelled: [LabelledPair]) throws -> Evaluation {
        var evaluation = try pairs.evaluation(labelled, shared)
        evaluation.byQuality = byQuality
        evaluation.metrics = try metrics?.values("--metrics")
        evaluation.falseMatchRates = try far?.values("--far") ?? Self.rates(different: labelled.count { !$0.same })
        return evaluation
    }

    /// Three powers of ten, and more where there are pairs enough.
    private static func rates(different: Int) -> [Double] {
        [0.1, 0.01, 0.001] + [1e-4, 1e-5, 1e-6].filter { $0 * Double(different) >= 1 }
    }
}
