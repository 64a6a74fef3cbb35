import ArgumentParser
import DeepFace
import Ensemble
import Foundation

struct VerifyByEnsemble: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judge by an ensemble whether two photos show the same person; as: deepface verify --ensemble.",
        discussion: """
            The ensemble's file says which models look at the photos and how. It is the same person when the probability is at \
            least the file's threshold, or --threshold.

            EXAMPLES
              deepface ensemble verify a.jpg b.jpg --ensemble ensemble.json --pretty
            """)

    @Argument(help: ArgumentHelp("The first photo.", valueName: "img1"))
    var first: String

    @Argument(help: ArgumentHelp("The second photo.", valueName: "img2"))
    var second: String

    @Option(help: ArgumentHelp("The ensemble, of: deepface ensemble train.", valueName: "file"))
    var ensemble: String

    @OptionGroup var shared: SharedOptions

    @OptionGroup var verdict: VerdictOptions

    @Flag(help: "Exit with 1 when they are different people.")
    var exitStatus = false

    func validate() throws {
        if first == "-", second == "-" { throw ValidationError("only one photo can come from standard input") }
        try EnsembleOption.check(shared, verdict)
    }

    func run() async throws {
        let verified = try await EnsembleOption(file: ensemble, shared: shared).compare(first, second, verdict)
        if exitStatus, !verified { throw ExitCode(1) }
    }
}
