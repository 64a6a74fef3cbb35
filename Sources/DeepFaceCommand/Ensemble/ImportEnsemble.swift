import ArgumentParser
import DeepFace
import Ensemble
import Foundation

struct ImportEnsemble: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make an ensemble of a model that was trained elsewhere.",
        subcommands: [ImportLightGBM.self])
}

struct ImportLightGBM: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lightgbm",
        abstract: "Make an ensemble of a text model that LightGBM has written.",
        discussion: """
            --features names what the model looks at, in its order, each as MODEL METRIC. The default is what Python \
            DeepFace's Boosted LightFace (face-recognition-ensemble-model.txt) looks at: cosine, euclidean and euclidean_l2 of \
            VGG-Face, Facenet, OpenFace and DeepFace, without OpenFace's euclidean; it was trained on faces of the detector \
            opencv, aligned by the eyes.

            The distances must be made as those that the model was trained on: --detector, --align and the others say how. \
            The weights must be there; the ensemble is bound to them.

            EXAMPLES
              deepface ensemble import lightgbm face-recognition-ensemble-model.txt --detector opencv --align eyes \
            --output lightface.json
              deepface ensemble import lightgbm mine.txt --features "Dlib cosine,Facenet euclidean_l2" --output mine.json
            """)

    @Argument(help: ArgumentHelp("The text model.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("What it looks at. (default: Boosted LightFace's eleven)", valueName: "list"))
    var features: FeatureList?

    @Option(help: ArgumentHelp("Write the ensemble here.", valueName: "file"))
    var output: String

    @OptionGroup var shared: SharedOptions

    func validate() throws { try FaceOptions.refuse([output], over: file) }

    func run() throws {
        let ensemble = try Ensemble(
            lightGBM: file, features: features?.features ?? Ensemble.boostedLightFace, options: shared.options(),
            configuration: shared.faces.configuration())
        try ensemble.write(to: URL(fileURLWithPath: output))
        if shared.faces.pretty {
            try ensemble.printTables(output)
        } else {
            try Output.print(EnsembleDescription(ensemble), spread: true)
        }
    }
}

/// Models with a metric each, as `Dlib cosine,Facenet euclidean_l2`.
struct FeatureList: ExpressibleByArgument {
    let features: [(model: String, metric: DistanceMetric)]

    /// `nil` when one is no model and metric.
    init?(argument: String) {
        var features: [(model: String, metric: DistanceMetric)] = []
        for part in argument.split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count > 1, let metric = DistanceMetric(rawValue: String(words[words.count - 1])) else {
                return nil
            }
            features.append((words.dropLast().joined(separator: " "), metric))
        }
        if features.isEmpty { return nil }
        self.features = features
    }
}
