import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectKeygen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Make a key that embeddings are protected with.",
        discussion: """
            The file can be read by its owner only, and no file is ever written over. Keep a copy: without the key, \
            protected templates can be compared with each other, and with nothing new.
            """)

    @Argument(help: "The new file.") var file: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let key = ProtectionKey()
        try key.write(to: file)
        if output.pretty {
            try Output.print(table: [["key", key.id], ["file", file]])
        } else {
            try Output.print(["key_id": key.id, "file": file], spread: true)
        }
    }
}
