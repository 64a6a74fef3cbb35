import DeepFace

/// Puts faces into a collection of a store, which is made if it is not there.
struct CollectionWriter: Sendable {
    let collection: FaceCollection
    /// Whether faces were there from the beginning.
    let hasFaces: Bool
    private(set) var result: TransferredCollection
    private let store: any FaceStore

    /// - Throws: `recipeMismatch`, `invalidOption` when the collection that is there is not fit for them.
    init(_ plan: CollectionPlan, _ store: any FaceStore) async throws(DeepFaceError) {
        self.store = store
        collection = try await store.makeCollection(plan)
        try collection.check(takes: plan)
        hasFaces = try await store.sampleCount(of: collection) > 0
        result = TransferredCollection(collection: plan.name)
    }

    mutating func add(_ faces: [NewFace], passedOver: Int = 0) async throws(DeepFaceError) {
        result.duplicates += passedOver
        guard !faces.isEmpty else { return }
        for added in try await store.add(faces, to: collection) {
            if added.isNew { result.inserted += 1 } else { result.duplicates += 1 }
        }
    }
}
