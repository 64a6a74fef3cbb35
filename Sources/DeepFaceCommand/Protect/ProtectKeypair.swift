import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectKeypair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keypair", abstract: "Make a key pair for comparing encrypted templates.",
        discussion: """
            Writes the secret key, which decrypts distances, and beside it, with .pub behind its name, the public one, \
            which encrypts. Of 2048 bits it takes some seconds. No file is ever written over.
            """)

    @Argument(help: "The new file for the secret key.") var file: String

    @Option(help: ArgumentHelp("Its length, from 2048 to 8192.", valueName: "n")) var bits = 2048

    @OptionGroup var timing: TimingOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let start = ContinuousClock.now
        let key = try PaillierSecretKey(bits: bits)
        timing.tell("made a key pair of \(bits) bits", since: start)
        try key.write(to: file)
        try key.publicKey.write(to: "\(file).pub")
        if output.pretty {
            try Output.print(table: [["key pair", key.id], ["secret", file], ["public", "\(file).pub"]])
        } else {
            try Output.print(
                ["encryption_key_id": key.id, "secret": file, "public": "\(file).pub"], spread: true)
        }
    }
}
