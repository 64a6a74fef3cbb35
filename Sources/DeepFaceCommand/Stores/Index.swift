import ArgumentParser
import DeepFace
import FaceStores
import Foundation
import VectorIndex

struct Index: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Build, describe and check the indexes of a store.",
        discussion: """
            Searching needs no index of your making: an exact one is made and kept by itself. `build` makes one that is \
            faster on millions of faces, for search --ann.
            """,
        subcommands: [Build.self, Stats.self, Check.self])

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an index anew from the store.",
            discussion: """
                Kinds: flat (exact), binary, ivf, hnsw, faiss; auto takes flat up to a million faces, else ivf.
                """)

        @Option(help: "The kind: auto, \(IndexKind.allCases.map(\.rawValue).joined(separator: ", ")).")
        var index = "auto"

        @Option(
            help: ArgumentHelp("The share of true neighbours that binary, ivf and hnsw must find.", valueName: "share"))
        var recall = 0.99

        @Option(help: "Distance it is for: cosine, euclidean, … (default: the model's own)")
        var metric: DistanceMetric?

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let kind = IndexKind(rawValue: index)
            if kind == nil, index != "auto" { throw ValidationError("no index is called '\(index)'") }
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            let searcher = FaceSearcher(store)
            let bar = SharedProgress("percent", total: 100)
            try await searcher.build(
                IndexChoice(kind: kind, recall: recall), of: collection, metric: try collection.metric(metric)
            ) { part in bar.show(Int(100 * part)) }
            bar.clear()
            try await print(searcher.stats(of: collection), output)
        }
    }

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Tell what is in the store and its indexes.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let store = try await store.open()
            let searcher = FaceSearcher(store)
            try await print(searcher.stats(of: try await self.store.collection(of: store)), output)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the store and its indexes, all of them, and say what is wrong.",
            discussion: "Exits with 7 when something is. A damaged index is made anew by the next search or build.")

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            var problems = try await store.problems()
            problems += try await FaceSearcher(store).problems(of: collection)
            if output.pretty {
                try Output.print(table: problems.isEmpty ? [["all is well"]] : problems.map { [$0] })
            } else {
                try Output.print(Findings(ok: problems.isEmpty, problems: problems), spread: true)
            }
            if !problems.isEmpty { throw ExitCode(ExitStatus.store.rawValue) }
        }

        private struct Findings: Encodable {
            let ok: Bool
            let problems: [String]
        }
    }

    private static func print(_ stats: CollectionStats, _ output: OutputOptions) throws {
        guard output.pretty else { return try Output.print(stats, spread: true) }
        var rows = [
            ["collection", stats.collection], ["people", "\(stats.people)"], ["faces", "\(stats.faces)"],
            ["model", "\(stats.model), \(stats.dimensions) numbers"],
            ["encrypted", stats.encrypted ? "yes" : "no"],
        ]
        for index in stats.indexes {
            rows.append([
                "index", "\(index.kind) for \(index.metric), \(index.vectors) faces, \(index.bytes / 1_000_000) MB",
            ])
        }
        try Output.print(table: rows)
    }
}

extension FaceCollection {
    /// The metric that was asked for, or the model's own.
    func metric(_ asked: DistanceMetric?) throws(DeepFaceError) -> DistanceMetric {
        if let asked { return asked }
        return try RecognitionRegistry.model(named: recipe.model).metric
    }
}
