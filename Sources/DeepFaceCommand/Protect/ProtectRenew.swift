import ArgumentParser
import DeepFace
import TemplateProtection

struct ProtectRenew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Bring protected templates from an old key to a new one, without the photos.",
        discussion: """
            Prints what deepface represent --protect would have printed with the new key. Delete the old templates and \
            the old key afterwards: they are worth something together.

            EXAMPLE
              deepface protect renew album.jsonl --old turn.key --new next.key > renewed.jsonl
            """)

    @Argument(help: "The templates: what deepface represent --protect has printed.") var file: String

    @Option(help: ArgumentHelp("The key they were made with.", valueName: "keyfile")) var old: String
    @Option(help: ArgumentHelp("The key they shall have.", valueName: "keyfile")) var new: String

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func run() async throws {
        var renewal = try TemplateRenewal(
            from: ProtectionKey(contentsOf: old), to: ProtectionKey(contentsOf: new))
        // All of them before any is printed: half a file would be taken for a whole one.
        let renewed = try TemplateFile<ProtectedTemplate>(contentsOf: file).map { template throws(DeepFaceError) in
            try renewal.renewed(template)
        }
        try Output.print(renewed)
    }
}

extension Output {
    /// Prints templates in the shape of the file they came from.
    static func print(_ file: TemplateFile<some Codable & Sendable>) throws {
        switch file {
        case .photo(let templates): try print(templates)
        case .photos(let lines): for line in lines { try print(line) }
        }
    }
}
