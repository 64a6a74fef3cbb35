/// The kinds of index, by the names they have on the command line.
public enum IndexKind: String, Sendable, Codable, CaseIterable {
    /// Every vector is looked at: exact.
    case flat
    /// Signs of every vector are looked at, then the vectors that score best.
    case binary
    /// Lists of near vectors, of which few are looked at; codes in memory, vectors on disk.
    case ivf
    /// A graph of neighbours, walked towards the probe.
    case hnsw
    /// faiss's, read and written as faiss does.
    case faiss
}
