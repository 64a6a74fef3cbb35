import DeepFace

/// A store that another program searches, too, by a faiss index that lies in the store.
public protocol SharedIndexStore: FaceStore {
    /// Makes that index anew, of all faces that the other program takes for those of one collection with these.
    ///
    /// - Throws: `invalidOption` when the index is too large to be kept.
    func shareIndex(of collection: FaceCollection) async throws(DeepFaceError)
}
