import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectCompare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Judge whether two protected templates are of the same person.",
        discussion: """
            Needs no key. The files are what deepface represent --protect has printed; of several faces the two closest \
            count. Templates of other keys, schemes, models or options are refused.

            EXAMPLES
              deepface protect compare a.json b.json
              deepface protect compare a.json b.json --metric angular --threshold 0.12
            """)

    @Argument(help: "The first file.") var first: String
    @Argument(help: "The second file.") var second: String

    @Option(help: "Distance, of those that the scheme keeps. (default: the model's own)")
    var metric: DistanceMetric?

    @Option(help: ArgumentHelp("Largest distance of one person. (default: the model's)", valueName: "x"))
    var threshold: Double?

    @Flag(help: "Exit with 1 when they are different people.")
    var exitStatus = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let verdict = try TemplateVerdict(
            TemplateFile<ProtectedTemplate>(contentsOf: first).all,
            TemplateFile<ProtectedTemplate>(contentsOf: second).all, metric: metric, threshold: threshold)
        try verdict.print(pretty: output.pretty)
        if exitStatus, !verdict.verified { throw ExitCode(1) }
    }
}

extension TemplateVerdict {
    func print(pretty: Bool) throws {
        guard pretty else { return try Output.print(self, spread: true) }
        try Output.print(table: [
            ["verdict", verified ? "same person" : "different people"],
            ["distance", "\(distance) (\(similarityMetric.rawValue)), threshold \(threshold)"],
            ["confidence", "\(confidence) %"],
            ["model", model],
            ["protection", "\(protection.scheme.rawValue), key \(protection.keyID)"],
        ])
    }
}
