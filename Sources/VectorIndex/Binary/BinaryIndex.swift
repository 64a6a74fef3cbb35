import Foundation

/// Looks at the signs of every vector, a bit each, and compares the vectors that score best.
///
/// Which part of the nearest it finds is a setting, `recall`: how many of the best it must compare for that is measured
/// on the vectors themselves when they are added. It needs `dimensions` / 8 bytes a vector (32 at most) beside what the
/// exact index needs, from which it takes the vectors, and which answers in its place where signs would gain nothing:
/// while there are few vectors, or when so much is asked for that most would be compared anyway.
public struct BinaryIndex: VectorIndex {
    public static let kind = IndexKind.binary

    /// The part of the nearest vectors that a search finds, measured where each is sought by a stored vector itself.
    public let recall: Double
    /// Holds the vectors.
    var flat: FlatIndex
    /// `nil` while there are few vectors.
    var codes: SignCodes?
    var candidates = CandidateCount()

    /// From here on signs are faster than the exact search.
    package static let minimumForCodes = 32768

    /// An empty index.
    ///
    /// - Parameter recall: above 0, below 1.
    /// - Throws: `invalidSetting`.
    public init(dimensions: Int, metric: VectorMetric, recall: Double = 0.99) throws(VectorIndexError) {
        guard recall > 0, recall < 1 else {
            throw VectorIndexError(.invalidSetting, "recall is above 0 and below 1; the exact index finds all")
        }
        self.recall = recall
        flat = FlatIndex(dimensions: dimensions, metric: metric)
    }

    init(recall: Double, flat: FlatIndex) { (self.recall, self.flat) = (recall, flat) }

    public var dimensions: Int { flat.dimensions }
    public var metric: VectorMetric { flat.metric }
    public var count: Int { flat.count }
    /// Threads of a search, and of adding. Default: as many as the machine has cores.
    public var threads: Int {
        get { flat.threads }
        set { flat.threads = newValue }
    }

    public mutating func add(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError) {
        try flat.add(vectors, ids: ids)
        // Codes that are there go on, even when deletions have left few vectors.
        guard let mean = flat.codes?.mean, dimensions >= 8, codes != nil || flat.rows.count >= Self.minimumForCodes
        else { return }
        // The exact index takes the mean anew while it grows.
        if codes?.mean != mean { codes = SignCodes(mean: mean, bits: SignCodes.bits(for: dimensions)) }
        codes!.append(from: flat.rows, threads: threads)
        if count >= 2 * candidates.measuredCount { candidates = try measureCandidates() }
    }

    @discardableResult
    public mutating func delete(_ ids: IDSet) throws(VectorIndexError) -> Int { try flat.delete(ids) }

    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet? = nil
    ) throws(VectorIndexError) -> [[Neighbor]] {
        let wanted = candidates.count(k: k, of: count)
        guard let codes, k > 0, wanted < count / 8 else { return try flat.search(probes, k: k, filter: filter) }
        // A filter that leaves few rows is worth no scan of all.
        if let filter, filter.count < 8 * wanted { return try flat.search(probes, k: k, filter: filter) }
        let values = try probes.comparable(metric, dimensions: dimensions)
        return Parallel.map(values.count / dimensions, threads: threads) { number in
            let probe = Array(values[number * dimensions..<(number + 1) * dimensions])
            var search = FlatProbe(probe, in: flat, k: k, filter: filter, againstCodes: false)
            var best = BestScores(wanted, bits: codes.bits)
            codes.scan(codes.tables(for: probe)) { rows, scores in
                for place in rows.indices where search.allCount || search.counts(Int(rows[place])) {
                    best.insert(rows[place], scores[place])
                }
                return best.threshold
            }
            search.look(at: best.rows)
            return search.result
        }
    }
}
