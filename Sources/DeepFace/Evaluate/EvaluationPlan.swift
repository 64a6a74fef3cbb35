/// Which recipes are evaluated by which metrics.
struct EvaluationPlan {
    /// One model, detector and alignment.
    struct Step {
        let options: Options
        let metrics: [DistanceMetric]
    }

    var steps: [Step] = []
    var skipped: [EvaluationReport.Skipped] = []

    /// All models with all detectors, alignments and metrics.
    ///
    /// - Throws: `invalidOption` when an option makes no sense, or no combination can be done.
    init(_ evaluation: Evaluation) throws(DeepFaceError) {
        for model in evaluation.models {
            for detector in evaluation.detectors {
                for alignment in evaluation.alignments.map({ $0.map(Optional.some) }) ?? [nil] {
                    var options = evaluation.options
                    options.model = model
                    options.detector = detector
                    options.alignment = nil
                    options.metric = nil
                    try options.check()
                    options.alignment = alignment
                    if let alignment, let reason = Self.objection(options, alignment) {
                        skipped.append(
                            EvaluationReport.Skipped(
                                model: model.name, detector: detector.name, align: alignment, reason: reason))
                    } else {
                        steps.append(Step(options: options, metrics: evaluation.metrics ?? [model.metric]))
                    }
                }
            }
        }
        if steps.isEmpty {
            throw DeepFaceError(
                .invalidOption,
                skipped.first.map { "nothing can be evaluated: \($0.reason)" } ?? "nothing is to be evaluated")
        }
    }

    /// Why an alignment cannot be done.
    private static func objection(_ options: Options, _ alignment: Alignment) -> String? {
        if !options.detector.searches, alignment != .none {
            return "the detector \(options.detector.name) finds no points to align by"
        }
        do throws(DeepFaceError) {
            try options.check()
            return nil
        } catch {
            return error.message
        }
    }
}
