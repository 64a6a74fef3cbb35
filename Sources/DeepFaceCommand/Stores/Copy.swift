import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy collections from one store to another.",
        discussion: """
            Everything comes along: people, faces, vectors, kept photos, dates. A face that is there already stays as it \
            is, so a copy that was stopped can simply be repeated.

            An encrypted collection is read with its key and encrypted again where it goes, with the same key unless \
            --to-key-file names another.

            EXAMPLE
              deepface copy --from sqlite:team.db --to redis://localhost
            """)

    @Option(help: ArgumentHelp("The store to read.", valueName: "url"))
    var from: String

    @Option(help: ArgumentHelp("The store to write; it is made if it is not there.", valueName: "url"))
    var to: String

    @OptionGroup var transfer: TransferOptions

    @Option(
        help: ArgumentHelp(
            "File with the key to encrypt with, where it is another one than that to read with.", valueName: "file"))
    var toKeyFile: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (source, target) = (try StoreAddress(from), try StoreAddress(to))
        if source == target { throw ValidationError("--from and --to are the same store") }
        let key = try transfer.key()
        let targetKey = try toKeyFile.map { try StoreOptions.key($0) } ?? key
        let reading = try await StoreRegistry.open(source, key: key)
        let writing = try await StoreRegistry.open(target, key: targetKey, creates: true)
        var bar = Progress("faces", total: 0)
        defer { bar.clear() }
        let results = try await transfer.transfer.copy(from: reading, to: writing) { done, total in
            bar.show(done, of: total)
        }
        bar.clear()
        try TransferOptions.print(results, output)
    }
}

/// What commands take that move collections.
struct TransferOptions: ParsableArguments {
    @Option(help: "Only this collection. May be repeated. (default: all)")
    var collection: [String] = []

    @Flag(help: "Encrypt collections that are not there yet: vectors and kept photos by AES-256.")
    var encrypt = false

    @Option(
        help: ArgumentHelp(
            """
            File with the key of encrypted collections: 32 bytes in base64 or hexadecimal digits. (default: the key in \
            DEEPFACE_STORE_KEY)
            """, valueName: "file"))
    var keyFile: String?

    var transfer: FaceTransfer { FaceTransfer(collections: collection.isEmpty ? nil : collection, encrypts: encrypt) }

    func key() throws(DeepFaceError) -> StoreKey? { try StoreOptions.key(keyFile) }

    static func print(_ results: [TransferredCollection], _ output: OutputOptions) throws {
        guard output.pretty else { return try Output.print(results, spread: true) }
        try Output.print(
            table: results.map { ["\($0.collection)", "\($0.inserted) faces", "\($0.duplicates) there already"] })
    }
}
