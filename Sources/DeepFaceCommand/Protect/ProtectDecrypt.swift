import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectDecrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decrypt", abstract: "Decrypt a distance, and judge it.",
        discussion: """
            The file is what deepface protect distance has printed; of several distances the smallest counts.

            EXAMPLE
              deepface protect decrypt d --key judge --pretty
            """)

    @Argument(help: "The encrypted distance.") var file: String

    @Option(help: ArgumentHelp("The secret key.", valueName: "file")) var key: String

    @Option(help: "Distance, of those that the templates' scheme keeps. (default: the model's own)")
    var metric: DistanceMetric?

    @Option(help: ArgumentHelp("Largest distance of one person. (default: the model's)", valueName: "x"))
    var threshold: Double?

    @OptionGroup var timing: TimingOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let secret = try PaillierSecretKey(contentsOf: key)
        let distances = try TemplateFile<EncryptedDistance>(contentsOf: file).all
        let start = ContinuousClock.now
        let verdict = try secret.verdict(on: distances, metric: metric, threshold: threshold)
        timing.tell("decrypted \(distances.count) distances", since: start)
        try verdict.print(pretty: output.pretty)
    }
}
