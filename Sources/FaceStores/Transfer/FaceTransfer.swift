import DeepFace
import Foundation

/// Takes collections with all that is in them from one store into another: people, samples, vectors, kept photos and
/// dates. It reads and writes by `FaceStore` alone, so any store can give and any can take.
///
/// A face that is there already stays as it is, so a transfer that was stopped can simply be repeated. Memory holds a
/// portion of faces at a time, however many there are.
public struct FaceTransfer: Sendable {
    /// The collections to take; `nil`: all.
    public var collections: [String]?
    /// Whether the collections it makes are all encrypted; otherwise those are that were. Default: false.
    public var encrypts = false

    public init(collections: [String]? = nil, encrypts: Bool = false) {
        (self.collections, self.encrypts) = (collections, encrypts)
    }

    /// Copies collections. Whether each may go to where it is to go is looked at before anything is copied.
    ///
    /// - Parameter progress: hears how many faces of how many are done.
    /// - Returns: what became of each collection.
    /// - Throws: `recipeMismatch` when the other store has a collection of that name whose embeddings were made in
    ///   another way; `invalidOption` when an encrypted collection would come into one that is not; `notFound`,
    ///   `storeUnavailable` (also when the key of an encrypted collection is missing), `storeInconsistent`.
    public func copy(
        from source: any FaceStore, to target: any FaceStore,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> [TransferredCollection] {
        let (found, total) = try await found(in: source)
        for collection in found {
            guard let there = try await target.collection(named: collection.name) else { continue }
            try there.check(takes: collection.plan)
        }
        var results: [TransferredCollection] = []
        var before = 0
        for collection in found {
            var writer = try await CollectionWriter(plan(collection.plan), target)
            let reader = CollectionReader(collection: collection, store: source)
            let known: (any FaceStore, FaceCollection)? = writer.hasFaces ? (target, writer.collection) : nil
            try await reader.read(passingOver: known) { (portion) async throws(DeepFaceError) in
                try await writer.add(portion.faces, passedOver: portion.passedOver)
                progress(before + writer.result.inserted + writer.result.duplicates, total)
            }
            before += writer.result.inserted + writer.result.duplicates
            results.append(writer.result)
        }
        return results
    }

    /// Writes collections into a file.
    ///
    /// - Parameter key: what the vectors and photos of encrypted collections are encrypted with in the file.
    public func export(
        from source: any FaceStore, to file: FaceFileWriter, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> [TransferredCollection] {
        let (found, total) = try await found(in: source)
        var results: [TransferredCollection] = []
        var done = 0
        for collection in found {
            try file.begin(plan(collection.plan))
            var count = 0
            try await CollectionReader(collection: collection, store: source).read {
                (portion) async throws(DeepFaceError) in
                for face in portion.faces { try file.write(face) }
                count += portion.faces.count
                progress(done + count, total)
            }
            done += count
            results.append(TransferredCollection(collection: collection.name, inserted: count))
        }
        try file.end()
        return results
    }

    /// Writes one collection as Parquet, for other programs: ids, people, names of photos, vectors.
    ///
    /// - Throws: `invalidOption` when there are several, or it is encrypted.
    public func export(
        from source: any FaceStore, toParquet url: URL, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> [TransferredCollection] {
        let (found, total) = try await found(in: source)
        guard let collection = found.first, found.count == 1, !encrypts else {
            throw DeepFaceError(
                .invalidOption, "a Parquet file has the faces of one collection, in plain", input: url.path,
                advice: "name one with --collection: \(found.map(\.name).joined(separator: ", "))")
        }
        let reader = CollectionReader(collection: collection, store: source)
        let count = try await ParquetFaceFile.write(reader, to: url) { progress($0, total) }
        return [TransferredCollection(collection: collection.name, inserted: count)]
    }

    /// Takes the faces of a file into a store.
    ///
    /// - Parameter progress: hears how many faces are done.
    /// - Throws: as `copy`, and `unreadableInput` when the file is no such file or ends too early; what was read until
    ///   then is in the store.
    public func take(
        _ file: FaceFileReader, to target: any FaceStore, progress: (_ done: Int) -> Void = { _ in }
    ) async throws(DeepFaceError) -> [TransferredCollection] {
        var results: [TransferredCollection] = []
        var writer: CollectionWriter?
        var portion = FacePortion()
        var done = 0
        var isWanted = false
        while let item = try file.next() {
            switch item {
            case .collection(let plan):
                try await writer?.add(portion.take())
                if let writer { results.append(writer.result) }
                writer = nil
                isWanted = collections?.contains(plan.name) ?? true
                if isWanted { writer = try await CollectionWriter(self.plan(plan), target) }
            case .face(let face):
                done += 1
                guard isWanted else { continue }
                portion.append(face)
                if portion.isFull {
                    try await writer?.add(portion.take())
                    progress(done)
                }
            }
        }
        try await writer?.add(portion.take())
        if let writer { results.append(writer.result) }
        let names = results.map(\.collection)
        for name in collections ?? [] where !names.contains(name) {
            throw DeepFaceError(.notFound, "the file has no such collection", input: name)
        }
        return results
    }

    /// The collections to take, and how many faces they have. A key that is missing is told here.
    private func found(in source: any FaceStore) async throws(DeepFaceError) -> ([FaceCollection], Int) {
        let names = try await source.collections().map(\.name)
        var found: [FaceCollection] = []
        var total = 0
        for name in collections ?? names {
            guard let collection = try await source.collection(named: name) else {
                throw DeepFaceError(
                    .notFound, "the store has no such collection", input: name,
                    advice: names.isEmpty ? "it has none" : "choose among \(names.joined(separator: ", "))")
            }
            found.append(collection)
            total += try await source.sampleCount(of: collection)
        }
        return (found, total)
    }

    private func plan(_ plan: CollectionPlan) -> CollectionPlan {
        var plan = plan
        if encrypts { plan.isEncrypted = true }
        return plan
    }
}

/// What became of a collection that was taken over.
public struct TransferredCollection: Sendable, Encodable, Equatable {
    public let collection: String
    /// Faces that are new where they came to.
    public internal(set) var inserted = 0
    /// Faces that were there already.
    public internal(set) var duplicates = 0
}

extension FaceCollection {
    var plan: CollectionPlan {
        CollectionPlan(name: name, recipe: recipe, dimensions: dimensions, isEncrypted: isEncrypted)
    }

    /// Refuses embeddings that cannot be compared with the collection's.
    func check(_ recipe: EmbeddingRecipe, dimensions: Int) throws(DeepFaceError) {
        try check(recipe)
        guard self.dimensions == dimensions else {
            throw DeepFaceError(
                .recipeMismatch, "its embeddings have \(self.dimensions) numbers, not \(dimensions)", input: name)
        }
    }

    /// Refuses the faces of a collection that do not belong among this one's.
    func check(takes plan: CollectionPlan) throws(DeepFaceError) {
        try check(plan.recipe, dimensions: plan.dimensions)
        if plan.isEncrypted, !isEncrypted {
            throw DeepFaceError(
                .invalidOption, "the collection is there already, and not encrypted as the faces are", input: name,
                advice: "take them to another store, or delete that collection first")
        }
    }
}
