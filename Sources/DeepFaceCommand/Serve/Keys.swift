import ArgumentParser
import DeepFace
import DeepFaceServer
import Foundation

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke the keys of the server.",
        discussion: """
            A key's text is shown once, when it is made; what is kept is its SHA-256. A running server takes note of \
            changes within a second.

            EXAMPLES
              deepface keys create door-camera --role read
              deepface keys list --pretty
              deepface keys revoke door-camera
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Place: ParsableArguments {
        @Option(
            help: ArgumentHelp("The file of keys. (default: ~/.deepface/keys.json)", valueName: "file"))
        var keys: String?

        var file: KeyFile { keys.map { KeyFile(url: URL(fileURLWithPath: $0)) } ?? .standard }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key, and print it this once.")

        @Argument(help: "What the key is for.") var name: String

        @Option(
            help: """
                read (compare photos, search), write (register, rename and delete people too), admin (everything).
                """)
        var role = Role.read

        @OptionGroup var place: Place
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (1...100).contains(name.count), !name.contains(where: \.isNewline) else {
                throw ValidationError("a key's name is a line of 1 to 100 characters")
            }
        }

        func run() async throws {
            let made = try place.file.create(name: name, role: role)
            if output.pretty {
                try Output.print(table: [["key", made.text], ["role", role.rawValue], ["id", made.key.id]])
            } else {
                try Output.print(Made(id: made.key.id, name: name, role: role, key: made.text), spread: true)
            }
        }

        private struct Made: Encodable {
            let id, name: String
            let role: Role
            let key: String
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys there are.")

        @OptionGroup var place: Place
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let rows = try place.file.keys().map(Row.init)
            if output.pretty {
                try Output.print(table: rows.map { [$0.id, $0.role.rawValue, $0.created, $0.name] })
            } else {
                try Output.print(rows, spread: true)
            }
        }

        private struct Row: Encodable {
            let id, name, created: String
            let role: Role

            init(_ key: APIKey) {
                (id, name, role) = (key.id, key.name, key.role)
                created = key.created.ISO8601Format()
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a key's rights away.")

        @Argument(help: "The key's id, or its name.") var key: String

        @OptionGroup var place: Place
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let key = try place.file.revoke(key)
            if output.pretty {
                try Output.print(table: [["revoked", key.id, key.name]])
            } else {
                try Output.print(["revoked": key.id], spread: true)
            }
        }
    }
}

extension Role: ExpressibleByArgument {}
