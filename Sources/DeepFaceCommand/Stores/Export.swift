import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write collections into a file, for `deepface import`.",
        discussion: """
            The file is JSON, a line each: one that describes the collection, then its faces. Vectors and photos of an \
            encrypted collection are encrypted there too, with the same key; with --encrypt all are.

            A name that ends in .parquet gives a Parquet file of one collection, for other programs: id, person, \
            img_name, embedding. It cannot be imported again.

            EXAMPLES
              deepface export faces.ndjson --store sqlite:team.db
              deepface export faces.parquet --store sqlite:team.db --collection default
            """)

    @Argument(help: "The file; - is standard output.")
    var file: String

    @Option(help: ArgumentHelp("The store. (default: as of every command)", valueName: "url"))
    var store: String?

    @OptionGroup var transfer: TransferOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let key = try transfer.key()
        let source = try await StoreRegistry.open(StoreOptions.address(store), key: key)
        let url = URL(fileURLWithPath: file)
        var bar = Progress("faces", total: 0)
        defer { bar.clear() }
        let results: [TransferredCollection]
        if url.pathExtension == "parquet" {
            results = try await transfer.transfer.export(from: source, toParquet: url) { bar.show($0, of: $1) }
        } else {
            let writer = try FaceFileWriter(file == "-" ? nil : url, key: key)
            results = try await transfer.transfer.export(from: source, to: writer) { bar.show($0, of: $1) }
        }
        bar.clear()
        if file != "-" { try TransferOptions.print(results, output) }
    }
}

extension Import {
    struct Exported: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "file",
            abstract: "Take over the faces of a file that `deepface export` wrote (the default).",
            discussion: """
                A face that is there already stays as it is, so an import that was stopped can simply be repeated.

                EXAMPLE
                  deepface import faces.ndjson --store sqlite:other.db
                """)

        @Argument(help: "The file; - is standard input.")
        var file: String

        @Option(help: ArgumentHelp("The store. (default: as of every command)", valueName: "url"))
        var store: String?

        @OptionGroup var transfer: TransferOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let key = try transfer.key()
            let reader = try FaceFileReader(file == "-" ? nil : URL(fileURLWithPath: file), key: key)
            let target = try await StoreRegistry.open(StoreOptions.address(store), key: key, creates: true)
            var bar = Progress("faces", total: 0)
            defer { bar.clear() }
            let results = try await transfer.transfer.take(reader, to: target) { done in bar.show(done, of: done) }
            bar.clear()
            try TransferOptions.print(results, output)
        }
    }
}
