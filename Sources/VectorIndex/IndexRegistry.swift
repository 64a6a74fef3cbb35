import Foundation

/// Every kind of index, a line each.
public enum IndexRegistry {
    /// Opens an index of a kind.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func open(_ kind: IndexKind, _ url: URL) throws(VectorIndexError) -> any VectorIndex {
        switch kind {
        case .flat: try FlatIndex(opening: url)
        default: throw VectorIndexError(.invalidSetting, "later")
        }
    }

    /// Checks an index from end to end.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func verify(_ kind: IndexKind, _ url: URL) throws(VectorIndexError) {
        switch kind {
        case .flat: try FlatIndex.verify(url)
        default: throw VectorIndexError(.invalidSetting, "later")
        }
    }
}
