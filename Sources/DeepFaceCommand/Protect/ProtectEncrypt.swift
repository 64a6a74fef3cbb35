import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectEncrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encrypt", abstract: "Encrypt protected templates so that they can still be compared.",
        discussion: """
            Prints what deepface protect distance takes. Only the holder of the secret key can read the numbers.

            EXAMPLE
              deepface represent a.jpg --protect turn.key > a.json
              deepface protect encrypt a.json --public-key judge.pub > a.sealed
            """)

    @Argument(help: "The templates: what deepface represent --protect has printed.") var file: String

    @Option(help: ArgumentHelp("The public key to encrypt with.", valueName: "file")) var publicKey: String

    @OptionGroup var timing: TimingOptions

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func run() async throws {
        let key = try PaillierPublicKey(contentsOf: publicKey)
        let templates = try TemplateFile<ProtectedTemplate>(contentsOf: file)
        let start = ContinuousClock.now
        let encrypted = try key.encrypt(templates.all)
        let size = encrypted.reduce(0) { $0 + $1.size }
        timing.tell("encrypted \(encrypted.count) templates into \(size) bytes", since: start)
        var rest = encrypted[...]
        try Output.print(templates.map { _ in rest.removeFirst() })
    }
}
