import ArgumentParser
import DeepFace
import Foundation
import RemoteSources

struct Models: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The weights that models and detectors need: what is known, what is here, fetch, check, export.",
        discussion:
            "They lie in $DEEPFACE_HOME/.deepface/weights (default home: ~), where Python DeepFace keeps them too.",
        subcommands: [List.self, Show.self, Pull.self, Check.self, Export.self])

    /// What a name stands for.
    static func entries(_ names: [String]) throws(DeepFaceError) -> [WeightCatalog.Entry] {
        try names.map { name throws(DeepFaceError) in
            guard let entry = WeightCatalog.entry(named: name) else {
                throw DeepFaceError(
                    .invalidOption, "no model or detector is called '\(name)'",
                    advice: "choose from \(WeightCatalog.all.map(\.name).joined(separator: ", "))")
            }
            return entry
        }
    }

    /// A file as JSON.
    struct Row: Encodable {
        let model, file, state, licence, source: String
        let sha256: String?
        let size: Int?
        let problem: String?
        private let place: String

        enum CodingKeys: CodingKey { case model, file, state, licence, source, sha256, size, problem }

        init(_ entry: WeightCatalog.Entry, _ file: PublishedFile, _ state: WeightStore.State) {
            model = entry.name
            self.file = file.name
            licence = file.licence
            source = "\(file.source)"
            place = file.source.place
            size = file.size
            sha256 = file.sha256
            switch state {
            case .present: (self.state, problem) = ("present", nil)
            case .missing: (self.state, problem) = ("missing", nil)
            case .damaged(let reason): (self.state, problem) = ("damaged", reason)
            }
        }

        var cells: [String] {
            let size = size.map { String(format: "%.1f MB", Double($0) / 1e6) } ?? "?"
            return [model, file, state, size, licence, place]
        }
        static let header = ["MODEL", "FILE", "STATE", "SIZE", "LICENCE", "SOURCE"]
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what is known and what is here.",
            discussion: "Presence is told by size alone; `deepface models check` reads the files.")

        @Flag(help: "Print a table for people instead of JSON.") var pretty = false
        @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

        func run() async throws {
            let store = WeightStore()
            let rows = WeightCatalog.all.flatMap { entry in entry.files.map { Row(entry, $0, store.glance(at: $0)) } }
            if pretty {
                try Output.print(table: [Row.header] + rows.map(\.cells))
            } else {
                try Output.print(rows, spread: true)
            }
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the weights of models and detectors.",
            discussion: """
                Files that are here and whole stay, and a fetch that was cut off goes on where it stopped. Mind the licences \
                that `deepface models list` tells: some weights are for research only.

                EXAMPLES
                  deepface models pull Dlib mtcnn
                  deepface models pull Facenet512 Age Emotion FasNet
                """)

        @Argument(
            help: ArgumentHelp("Models or detectors, as `deepface models list` names them; or: all.", valueName: "name")
        )
        var names: [String]

        @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

        func run() async throws {
            let entries = names == ["all"] ? WeightCatalog.all : try Models.entries(names)
            let bar = TransferBar()
            let puller = WeightPuller(store: WeightStore()) {
                bar.clear()
                printToStandardError("deepface: \($0)")
            } progress: {
                bar.show($0, received: $1, total: $2)
            }
            defer { bar.clear() }
            try await puller.pull(entries.flatMap(\.files))
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a network as one ONNX file, which other programs open too.",
            discussion: """
                Its input is faces × channels × rows × columns, scaled as the model takes them.

                EXAMPLE
                  deepface models export Facenet facenet.onnx
                """)

        @Argument(help: ArgumentHelp("The model, or one network of a model that has several.", valueName: "name"))
        var name: String
        @Argument(help: ArgumentHelp("The file to write.", valueName: "out.onnx"))
        var output: String

        @Flag(help: "Use weights that are not the published ones, as long as they fit the model.")
        var anyWeights = false
        @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

        func run() async throws {
            var configuration = Configuration()
            configuration.checksDigests = !anyWeights
            let deepface = try DeepFace(configuration: configuration)
            try AtomicFile.write(try await deepface.exportedNetwork(named: name), to: URL(fileURLWithPath: output))
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the weights that are here and compare their SHA-256.",
            discussion: """
                Without names every known file that is here is checked. Exits with 6 when one is damaged, or when \
                one that was named is missing.
                """)

        @Argument(help: ArgumentHelp("Models or detectors.", valueName: "name"))
        var names: [String] = []

        @Flag(help: "Print a table for people instead of JSON.") var pretty = false
        @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

        func run() async throws {
            let store = WeightStore()
            let entries = names.isEmpty ? WeightCatalog.all : try Models.entries(names)
            var progress = Progress("files", total: entries.reduce(0) { $0 + $1.files.count })
            var rows: [Row] = []
            for entry in entries {
                for file in entry.files {
                    rows.append(Row(entry, file, store.check(file)))
                    progress.advance()
                }
            }
            progress.clear()
            if names.isEmpty { rows.removeAll { $0.state == "missing" } }
            if pretty {
                try Output.print(table: [Row.header] + rows.map(\.cells))
            } else {
                try Output.print(rows, spread: true)
            }
            let bad = rows.filter { $0.state != "present" }
            for row in bad {
                let path = store.folder.appending(path: row.file).path
                printToStandardError("deepface: \(row.problem ?? "the weights file \(row.file) is missing") (\(path))")
            }
            if !bad.isEmpty { throw ExitCode(ExitStatus.weights.rawValue) }
        }
    }
}
