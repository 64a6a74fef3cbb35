import ArgumentParser
import DeepFace

/// How a distance is measured and judged, for commands that judge.
struct VerdictOptions: ParsableArguments {
    @Option(help: "Distance: cosine, euclidean, euclidean_l2, angular. (default: the model's own)")
    var metric: DistanceMetric?

    @Option(
        help: ArgumentHelp(
            "Largest distance of one person, or @FILE of evaluate --calibrate. (default: the model's for the metric)",
            valueName: "x"))
    var threshold: ThresholdArgument?

    /// The options of `deepface` with these in them.
    func options(of deepface: DeepFace, _ shared: SharedOptions) throws -> Options {
        var options = deepface.options
        options.metric = metric
        options.threshold = try threshold?.value(options, shared.faces.configuration())
        return options
    }
}
