import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectDistance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distance", abstract: "Compute the encrypted distance of an encrypted template to another one.",
        discussion: """
            Needs neither the secret key nor the key that the templates were protected with, and learns nothing of \
            either face, nor the distance. Prints what deepface protect decrypt takes, for each face of the first file \
            and each of the second.

            EXAMPLE
              deepface protect distance a.sealed b.json --public-key judge.pub > d
            """)

    @Argument(help: "What deepface protect encrypt has printed.") var encrypted: String

    @Argument(help: "What deepface represent --protect has printed, with the same key.") var templates: String

    @Option(help: ArgumentHelp("The public key that was encrypted with.", valueName: "file")) var publicKey: String

    @OptionGroup var timing: TimingOptions

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func run() async throws {
        let key = try PaillierPublicKey(contentsOf: publicKey)
        let first = try TemplateFile<EncryptedTemplate>(contentsOf: encrypted).all
        let second = try TemplateFile<ProtectedTemplate>(contentsOf: templates).all
        let start = ContinuousClock.now
        let distances = try first.flatMap { one in try second.map { try key.distance(one, to: $0) } }
        timing.tell("computed \(distances.count) encrypted distances", since: start)
        try Output.print(distances)
    }
}
