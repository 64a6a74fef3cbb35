import ArgumentParser
import DeepFace
import Ensemble
import Foundation

struct TrainEnsemble: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Learn from labelled pairs, and measure whether it is worth it.",
        discussion: """
            Every model is tried with every detector, alignment and metric that is listed; each is a distance that the \
            ensemble looks at. Prints what each distance by itself, logistic regression and boosted trees are worth on pairs \
            that they have not learned from, and whether the difference is more than noise.

            Pairs are those of `deepface evaluate`, and so is the cache of embeddings.

            EXAMPLES
              deepface ensemble train --pairs pairs.csv --images photos --detectors mtcnn,opencv \
            --alignments eyes,landmarks --output ensemble.json --pretty
            """)

    @OptionGroup var pairs: PairOptions

    @Option(
        help: ArgumentHelp(
            "Distances, separated by commas: cosine, euclidean, euclidean_l2, angular. (default: cosine,euclidean)",
            valueName: "list"))
    var metrics: NameList?

    @Option(
        help: ArgumentHelp(
            "What is kept: boosted, logistic, or auto, the better one in cross-validation.", valueName: "kind"))
    var kind = KindArgument.auto

    @Option(help: ArgumentHelp("Parts of the cross-validation, where the pairs file does not say.", valueName: "n"))
    var folds = 5

    @Option(help: ArgumentHelp("Write the ensemble here.", valueName: "file"))
    var output: String

    @OptionGroup var shared: SharedOptions

    enum KindArgument: String, ExpressibleByArgument, CaseIterable { case auto, boosted, logistic }

    func validate() throws {
        if !(2...1000).contains(folds) { throw ValidationError("--folds is a number from 2 to 1000") }
        try pairs.check()
        try FaceOptions.refuse([output], over: pairs.pairs)
    }

    func run() async throws {
        let labelled = try PairsFile.pairs(in: pairs.pairs)
        var training = EnsembleTraining(pairs: labelled, images: pairs.folder)
        training.evaluation = try pairs.evaluation(labelled, shared)
        training.evaluation.metrics = try metrics?.values("--metrics")
        training.folds = folds
        training.kind = Ensemble.Kind(rawValue: kind.rawValue)
        let sources = try pairs.sources(shared)
        var photos = Progress("photos", total: 0)
        var lessons = Progress("lessons", total: 0)
        defer {
            photos.clear()
            lessons.clear()
        }
        let ensemble = try await training.run(sources: sources) { stage, done, total in
            switch stage {
            case .photos: photos.show(done, of: total)
            case .lessons: lessons.show(done, of: total)
            }
        }
        try ensemble.write(to: URL(fileURLWithPath: output))
        photos.clear()
        lessons.clear()
        if shared.faces.pretty {
            try ensemble.printTables(output)
        } else {
            try Output.print(EnsembleDescription(ensemble), spread: true)
        }
    }
}
