import DeepFace
import Foundation
import VectorIndex

/// The index of one collection and one way to compare: follows the store, so that what was registered before a search
/// is found by it and what was deleted is not, by whatever process.
///
/// Kept on the disk once it is large (never for an encrypted collection), and made anew from the store when it is not
/// there, damaged, or of another store.
actor CollectionIndex {
    let store: any FaceStore
    let collection: FaceCollection
    let metric: VectorMetric
    private let files: IndexFiles?
    private var state: State?

    struct State: Sendable {
        var index: any VectorIndex
        var through: Int64 = 0
        var removal: Int64 = 0
        var recall = 1.0
        /// Vectors that the files hold; 0 where there are none.
        var saved = 0
        /// Vectors deleted since they were written.
        var unsavedRemovals = 0
    }

    init(_ store: any FaceStore, _ collection: FaceCollection, _ metric: VectorMetric, _ role: IndexRole) {
        (self.store, self.collection, self.metric) = (store, collection, metric)
        files =
            collection.isEncrypted
            ? nil
            : store.indexFolder.map { IndexFiles(folder: $0, collection: collection, metric: metric, role: role) }
    }

    /// Whether its files are there.
    var exists: Bool { files?.note() != nil }

    /// From how many vectors on an index is worth its files: below, reading the store takes no time to speak of.
    static let savedFrom = 20_000
    /// Vectors read from the store at a time.
    private static let portion = 20_000

    /// The index as the store is now. Searching it needs nobody's leave.
    func current() async throws(DeepFaceError) -> any VectorIndex {
        var state = try latest()
        try await follow(&state)
        // Changed less than that, the files are good enough: the rest is read from the store at the next start.
        let changed = state.index.count - state.saved + 2 * state.unsavedRemovals
        if files != nil, state.index.count >= Self.savedFrom, changed * 10 > state.saved {
            // Search goes on without the files when they cannot be written.
            try? save(&state)
        }
        self.state = state
        return state.index
    }

    /// Makes the index anew from the store and writes it; without files, it stays in memory.
    ///
    /// - Parameter progress: called from several threads with the part that is done, 0 to 1.
    func build(_ choice: IndexChoice, progress: @escaping @Sendable (Double) -> Void) async throws(DeepFaceError) {
        try choice.check()
        guard let files else {
            throw DeepFaceError(
                .invalidOption, "has no index on the disk: it is encrypted", input: collection.name,
                advice: "search it without one")
        }
        // Before the vectors are read, so that none that is deleted meanwhile is missed.
        let removal = try await store.removals(of: collection, after: 0).last
        try files.makeFolder()
        let vectors = try await SpooledVectors(collection, of: store, in: files.folder)
        let kind = choice.kind ?? .fitting(vectors.count)
        let index = try files.write(
            kind, through: vectors.ids.last ?? 0, removal: removal, recall: choice.recall
        ) { (url) throws(DeepFaceError) in
            try translated { () throws(VectorIndexError) in
                try IndexRegistry.build(
                    kind, of: vectors, metric: metric, recall: choice.recall, at: url, progress: progress)
                return try IndexRegistry.open(kind, url)
            }
        }
        state = State(
            index: index, through: vectors.ids.last ?? 0, removal: removal, recall: choice.recall, saved: index.count)
    }

    /// Leaves no deleted vector in the files.
    func purge() async throws(DeepFaceError) {
        guard let files, files.note() != nil else { return }
        var state = try latest()
        try await follow(&state)
        if state.unsavedRemovals > 0 { try save(&state) }
        self.state = state
    }

    // MARK: Steps

    private func latest() throws(DeepFaceError) -> State {
        if let state { return state }
        return try opened()
    }

    /// What the files hold, or an empty index where they hold nothing of use.
    private func opened() throws(DeepFaceError) -> State {
        guard let files, let (note, index) = try files.open() else {
            return State(index: FlatIndex(dimensions: collection.dimensions, metric: metric))
        }
        return State(
            index: index, through: note.through, removal: note.removal,
            recall: note.recall, saved: index.count)
    }

    /// Takes in what was registered and deleted since. In this order: what came and went meanwhile is not there then.
    private func follow(_ state: inout State) async throws(DeepFaceError) {
        var changes: Changes
        repeat {
            changes = try await store.changes(
                of: collection, after: state.through, removal: state.removal, limit: Self.portion)
            guard let last = changes.vectors.last else { break }
            let batch = VectorBatch(dimensions: collection.dimensions, values: changes.vectors.flatMap(\.vector))
            try translated { () throws(VectorIndexError) in
                try state.index.add(batch, ids: changes.vectors.map(\.id))
            }
            state.through = last.id
        } while changes.vectors.count == Self.portion
        let removals = changes.removals
        if !removals.ids.isEmpty {
            state.unsavedRemovals += try translated { () throws(VectorIndexError) in
                try state.index.delete(IDSet(removals.ids))
            }
            state.removal = removals.last
        }
    }

    private func save(_ state: inout State) throws(DeepFaceError) {
        guard let files else { return }
        let index = state.index
        try files.makeFolder()
        state.index = try files.write(
            type(of: index).kind, through: state.through, removal: state.removal, recall: state.recall
        ) { (url) throws(DeepFaceError) in
            try translated { () throws(VectorIndexError) in try IndexRegistry.save(index, to: url) }
        }
        (state.saved, state.unsavedRemovals) = (state.index.count, 0)
    }
}

/// An index's error as one of the store's.
func translated<Value>(_ body: () throws(VectorIndexError) -> Value) throws(DeepFaceError) -> Value {
    do throws(VectorIndexError) {
        return try body()
    } catch {
        switch error.code {
        case .invalidSetting: throw DeepFaceError(.invalidOption, error.message, input: error.file)
        case .unwritable: throw DeepFaceError(.unwritableOutput, error.message, input: error.file)
        case .wrongShape, .invalidVector: throw DeepFaceError(.invalidEmbedding, error.message, input: error.file)
        case .cancelled: throw DeepFaceError(.cancelled, error.message)
        case .duplicateID, .unreadable, .damaged:
            throw DeepFaceError(
                .storeInconsistent, error.message, input: error.file, advice: "make it anew with: deepface index build")
        }
    }
}
