import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct People: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, rename and delete the people of a store.",
        subcommands: [List.self, Show.self, Rename.self, Delete.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List people by name.")

        @Option(help: "At most so many.")
        var limit = 1000

        @Option(help: ArgumentHelp("Only those after this name.", valueName: "name"))
        var after: String?

        @Option(help: ArgumentHelp("Only those with this in their names, in capitals or not.", valueName: "part"))
        var contains: String?

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit is a number from 1") }
        }

        func run() async throws {
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            let part = contains.flatMap { $0.isEmpty ? nil : $0 }
            let people = try await store.people(of: collection, containing: part, after: after, limit: limit)
            if output.pretty {
                try Output.print(table: people.map { [$0.name, "\($0.samples) face\($0.samples == 1 ? "" : "s")"] })
            } else {
                try Output.print(people.map { PersonDocument($0) }, spread: true)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the registered faces of a person.")

        @Argument(help: "The person.")
        var name: String

        @Option(help: ArgumentHelp("Write the photos that were kept into this folder.", valueName: "folder"))
        var photos: String?

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            let person = try await store.known(name, in: collection)
            let samples = try await store.samples(of: person, in: collection)
            if let photos {
                for sample in samples {
                    guard let photo = try await store.photo(of: sample, in: collection) else { continue }
                    let end = URL(fileURLWithPath: sample.image).pathExtension
                    let file = "\(sample.id)" + (end.isEmpty ? "" : ".\(end)")
                    try AtomicFile.write(photo, to: URL(fileURLWithPath: photos).appending(path: file))
                }
            }
            if output.pretty {
                try Output.print(
                    table: samples.map {
                        [
                            "\($0.id)", $0.image, "\($0.facialArea.w) x \($0.facialArea.h)",
                            $0.created.formatted(.iso8601), $0.attributes?.words ?? "",
                        ]
                    })
            } else {
                let documents = try await store.documents(samples, in: collection)
                try Output.print(PersonDocument(person, samples: documents), spread: true)
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a person another name.")

        @Argument(help: "The person.")
        var name: String

        @Argument(help: "The name from now on.")
        var newName: String

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            let person = try await store.known(name, in: collection)
            try Output.print(PersonDocument(try await store.rename(person, to: newName, in: collection)), spread: true)
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete people or single faces: they leave the store, its indexes and the files of both.",
            discussion: """
                With --sample only those faces are deleted; `people show` tells their ids. Somebody whose last face goes, \
                goes too. With --all the collection itself is deleted.
                """)

        @Argument(help: ArgumentHelp("The people.", valueName: "name"))
        var names: [String] = []

        @Option(parsing: .singleValue, help: ArgumentHelp("A face; may be repeated.", valueName: "id"))
        var sample: [Int64] = []

        @Flag(help: "Everybody, and the collection.")
        var all = false

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard [all, !names.isEmpty, !sample.isEmpty].count(where: \.self) == 1 else {
                throw ValidationError("give the names of people, or faces with --sample, or --all")
            }
        }

        func run() async throws {
            let store = try await store.open()
            let collection = try await self.store.collection(of: store)
            let searcher = FaceSearcher(store)
            var deleted = try await store.sampleCount(of: collection)
            if all {
                try await searcher.delete(collection)
            } else {
                // All of them or none.
                var people: [Person] = []
                for name in names { people.append(try await store.known(name, in: collection)) }
                try await store.delete(people, of: collection)
                try await store.delete(samples: known(sample, store, collection), of: collection)
                try await searcher.purge(collection)
                deleted -= try await store.sampleCount(of: collection)
            }
            try Output.print(["deleted": deleted])
        }

        private func known(
            _ ids: [Int64], _ store: any FaceStore, _ collection: FaceCollection
        ) async throws(DeepFaceError) -> [Int64] {
            let found = Set(try await store.samples(ids, of: collection).map(\.id))
            if let lost = ids.first(where: { !found.contains($0) }) {
                throw DeepFaceError(
                    .notFound, "the collection has no such face", input: "\(lost)",
                    advice: "see the ids of a person's faces with: deepface people show NAME")
            }
            return ids
        }
    }
}

extension FaceAttributes {
    /// For people.
    fileprivate var words: String {
        [age.map { "\($0) years" }, gender, emotion, race].compactMap(\.self).joined(separator: ", ")
    }
}
