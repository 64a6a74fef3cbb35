import Foundation

/// Every kind of index, a line each.
public enum IndexRegistry {
    /// Opens an index of a kind.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func open(_ kind: IndexKind, _ url: URL) throws(VectorIndexError) -> any VectorIndex {
        switch kind {
        case .flat: try FlatIndex(opening: url)
        case .binary: try BinaryIndex(opening: url)
        case .ivf: try IVFIndex(opening: url)
        case .hnsw: try HNSWIndex(opening: url)
        case .faiss: try FaissIndex(opening: url)
        }
    }

    /// Checks the files of an index from end to end.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func verify(_ kind: IndexKind, _ url: URL) throws(VectorIndexError) {
        switch kind {
        case .flat: try FlatIndex.verify(url)
        case .ivf: try IVFIndex.verify(url)
        case .binary: try BinaryIndex.verify(url)
        case .hnsw, .faiss: _ = try open(kind, url)
        }
    }

    /// Makes an index of all vectors of a source, at a place where there is none.
    ///
    /// - Parameters:
    ///   - recall: the share of true nearest neighbours an index that is not exact must find, measured on the vectors
    ///     themselves: above 0, at most 1.
    ///   - progress: called from several threads with the part that is done, 0 to 1.
    /// - Throws: `invalidSetting`, `unwritable`; `invalidVector`, `duplicateID` for what the source gives; what it throws.
    public static func build(
        _ kind: IndexKind, of source: some VectorSource, metric: VectorMetric, recall: Double, at url: URL,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) throws(VectorIndexError) {
        var index: any VectorIndex
        switch kind {
        case .flat:
            var flat = FlatIndex(dimensions: source.dimensions, metric: metric)
            flat.reserveCapacity(source.count)
            index = flat
        case .binary:
            index = try BinaryIndex(dimensions: source.dimensions, metric: metric, recall: min(recall, 0.9999))
        case .hnsw: index = try HNSWIndex(dimensions: source.dimensions, metric: metric)
        case .faiss: index = try FaissIndex(dimensions: source.dimensions, metric: metric)
        case .ivf:
            var settings = IVFSettings()
            (settings.metric, settings.recall) = (metric, min(recall, 0.9999))
            _ = try IVFIndex.build(from: source, settings: settings, at: url) { stage, part in
                if stage == .sorting { progress(part) }
            }
            return
        }
        for start in stride(from: 0, to: source.count, by: portion) {
            let (vectors, ids) = try source.read(rows: start..<min(start + portion, source.count))
            try index.add(vectors, ids: ids)
            progress(Double(start + ids.count) / Double(source.count))
        }
        if var graph = index as? HNSWIndex {
            try graph.calibrate(recall: recall)
            index = graph
        }
        try index.save(to: url)
    }

    /// Vectors read at a time.
    private static let portion = 16_384

    /// Writes an index to a place where there is none, such that no deleted vector is in its files.
    ///
    /// - Returns: the index as it is there.
    /// - Throws: `unwritable`.
    public static func save(
        _ index: any VectorIndex, to url: URL
    ) throws(VectorIndexError) -> any VectorIndex {
        try index.save(to: url)
        let kind = type(of: index).kind
        guard kind == .ivf else { return try open(kind, url) }
        var written = try IVFIndex(opening: url)
        if written.pending > 0 { try written.compact() }
        return written
    }
}
