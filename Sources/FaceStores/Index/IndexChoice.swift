import DeepFace
import VectorIndex

/// Which index a collection gets.
public struct IndexChoice: Sendable, Equatable {
    /// `nil`: by the number of vectors.
    public var kind: IndexKind?
    /// The share of true nearest neighbours that an index that is not exact must find: above 0, at most 1.
    /// Default: 0.99.
    public var recall: Double

    public init(kind: IndexKind? = nil, recall: Double = 0.99) {
        (self.kind, self.recall) = (kind, recall)
    }

    func check() throws(DeepFaceError) {
        guard recall > 0, recall <= 1 else {
            throw DeepFaceError(.invalidOption, "a recall of \(recall) is not above 0 and at most 1")
        }
    }
}

extension IndexKind {
    /// The index for so many vectors: the exact one while looking at every vector takes a few milliseconds.
    static func fitting(_ count: Int) -> IndexKind { count <= 1_000_000 ? .flat : .ivf }

    /// The same for a store that another program searches by a faiss index, as long as that can be kept there.
    static func fittingShared(_ count: Int) -> IndexKind { count <= 500_000 ? .faiss : .ivf }
}
