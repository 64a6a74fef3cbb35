import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take over the faces of a file: one that `deepface export` wrote, or another program's.",
        subcommands: [Exported.self, Pickle.self, PgVector.self], defaultSubcommand: Exported.self)

    struct Pickle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deepface-pickle",
            abstract: "Take over the faces that Python DeepFace keeps of a folder: ds_model_….pkl.",
            discussion: """
                Nothing in the file is executed. People are named after the folders their photos are in, below the \
                folder of all photos, or after the photo. What the faces were embedded with is read off the file's \
                name; search the collection with the same settings, which are printed.

                EXAMPLE
                  deepface import deepface-pickle db/ds_model_facenet_detector_opencv_aligned_normalization_base_expand_0.pkl \
                --collection old
                """)

        @Argument(help: "The file.")
        var file: String

        @OptionGroup var store: StoreOptions

        @Flag(help: "Make the collection an encrypted one: vectors by AES-256.")
        var encrypt = false

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let pickle = try DeepFacePickle(contentsOf: URL(fileURLWithPath: file))
            guard let options = pickle.options else {
                throw DeepFaceError(
                    .unreadableInput, "the file's name does not tell how its faces were embedded", input: file,
                    advice: "give it the name that Python DeepFace gave it")
            }
            let store = try await store.open(creates: true)
            let recipe = EmbeddingRecipe(options)
            let collection = try await store.makeCollection(
                CollectionPlan(
                    name: self.store.collection, recipe: recipe, dimensions: options.model.dimensions,
                    isEncrypted: encrypt))
            try collection.check(recipe)
            let faces = pickle.faces
            let added = try await store.add(faces, to: collection)
            let summary = Summary(
                inserted: added.count { $0.isNew }, duplicates: added.count { !$0.isNew },
                photosWithoutFace: pickle.rows.count - faces.count, model: recipe.model, detector: recipe.detector,
                align: recipe.align, normalization: recipe.normalization, expand: recipe.expand)
            if output.pretty {
                try Output.print(table: [["\(summary.inserted) faces taken over, \(summary.duplicates) there already"]])
            } else {
                try Output.print(summary, spread: true)
            }
        }
    }

    struct PgVector: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deepface-pgvector",
            abstract: "Take over the faces that Python DeepFace keeps in PostgreSQL with pgvector.",
            discussion: """
                Python has a table for each model, detector, alignment and normalization; each becomes a collection \
                of the table's name. People are named after the folders their photos are in, or after the photo. Faces \
                that were taken over already are passed over. (Tables that Python keeps without pgvector need no import: \
                --store postgres://… uses them in place.)

                EXAMPLE
                  deepface import deepface-pgvector postgres://me@localhost/python --store pgvector://me@localhost/faces
                """)

        @Argument(help: "The database: a postgres:// URL.")
        var database: String

        @OptionGroup var store: StoreOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let tables = try await PythonVectorTable.all(at: StoreAddress(database))
            guard !tables.isEmpty else {
                throw DeepFaceError(
                    .notFound, "the database has no table of Python DeepFace's with a vector in it",
                    advice: "give the address that DEEPFACE_POSTGRES_URI has in Python")
            }
            let store = try await store.open(creates: true)
            var summaries: [Summary] = []
            for table in tables {
                let collection = try await store.makeCollection(
                    CollectionPlan(name: table.name, recipe: table.recipe, dimensions: table.dimensions))
                try collection.check(table.recipe)
                var summary = Summary(collection: table.name, model: table.recipe.model)
                var last: Int64 = .min
                while let final = try await take(from: table, after: last, to: collection, of: store, &summary) {
                    last = final
                }
                summaries.append(summary)
            }
            if output.pretty {
                try Output.print(
                    table: summaries.map {
                        [$0.collection, "\($0.inserted) faces taken over, \($0.duplicates) there already"]
                    })
            } else {
                try Output.print(summaries, spread: true)
            }
        }

        /// - Returns: the last id that was taken; `nil` after the last.
        private func take(
            from table: PythonVectorTable, after id: Int64, to collection: FaceCollection, of store: any FaceStore,
            _ summary: inout Summary
        ) async throws -> Int64? {
            let rows = try await table.rows(after: id, limit: 10_000)
            let added = try await store.add(rows.map(\.face), to: collection)
            summary.inserted += added.count { $0.isNew }
            summary.duplicates += added.count { !$0.isNew }
            return rows.last?.id
        }

        private struct Summary: Encodable {
            let collection, model: String
            var inserted = 0
            var duplicates = 0
        }
    }

    private struct Summary: Encodable {
        let inserted, duplicates, photosWithoutFace: Int
        let model, detector: String
        let align: Alignment
        let normalization: Normalization
        let expand: Int

        enum CodingKeys: String, CodingKey {
            case inserted, duplicates, model, align, normalization, expand
            case photosWithoutFace = "photos_without_face"
            case detector = "detector_backend"
        }
    }
}

extension DeepFacePickle {
    /// Its faces as those of people.
    fileprivate var faces: [NewFace] {
        let folder = commonFolder
        return rows.compactMap { row -> NewFace? in
            guard let embedding = row.embedding else { return nil }
            let path = row.identity.split(separator: "/").dropFirst(folder)
            let name = path.count > 1 ? String(path.dropLast().last ?? "") : nil
            let stem = URL(fileURLWithPath: row.identity).deletingPathExtension().lastPathComponent
            return NewFace(
                person: name ?? stem, image: row.identity, hash: "python \(row.identity) \(row.hash)",
                facialArea: FacialArea(x: row.area.x, y: row.area.y, w: row.area.w, h: row.area.h),
                faceConfidence: 0, vector: embedding)
        }
    }

    /// How many folders all paths begin with.
    private var commonFolder: Int {
        let folders = rows.map { $0.identity.split(separator: "/").dropLast() }
        guard var common = folders.first.map(Array.init) else { return 0 }
        for folder in folders { common = zip(common, folder).prefix { $0 == $1 }.map(\.0) }
        return common.count
    }
}
