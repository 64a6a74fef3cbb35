import CVectorScan

/// Signs of vectors' numbers, a bit each: small enough to look at all of them for every probe (see `signs.h`).
///
/// Vectors are centred by a mean and rotated, so that signs say as much as they can whatever the data is like.
struct SignCodes: Sendable {
    let mean: [Float]
    /// Signs a vector: of the first numbers after the rotation, which stand for all.
    let bits: Int
    private(set) var count = 0

    private let rotation: Rotation
    private var mapped: MappedArray<UInt8>?
    private var blocks: [UInt8] = []

    private static let perBlock = CVECTORSCAN_SIGN_ROWS

    init(mean: [Float], bits: Int) {
        (self.mean, self.bits) = (mean, bits)
        rotation = Rotation(dimensions: mean.count)
    }

    /// The codes in a section of a file.
    init(mean: [Float], bits: Int, count: Int, section: String, of file: IndexFile) throws(VectorIndexError) {
        self.init(mean: mean, bits: bits)
        self.count = count
        mapped = try file.section(section, of: UInt8.self, count: blockCount * blockSize)
    }

    /// As many signs as a vector of `dimensions` numbers should have.
    static func bits(for dimensions: Int) -> Int { min(dimensions / 8 * 8, 256) }

    var blockSize: Int { cvectorscan_sign_block_size(bits) }
    var blockCount: Int { (count + Self.perBlock - 1) / Self.perBlock }

    func write(to file: IndexFileWriter) throws(VectorIndexError) {
        if let mapped { return try file.append(mapped) }
        try file.append(blocks)
    }

    /// Codes rows `count` and following of `store`.
    mutating func append(from store: RowStore, threads: Int) {
        if let mapped {
            blocks = Array(mapped)
            self.mapped = nil
        }
        let (first, total, bits) = (count, store.count, bits)
        count = total
        blocks.append(contentsOf: repeatElement(0, count: blockCount * blockSize - blocks.count))
        let (mean, rotation, rowsPerTask) = (mean, rotation, 64 * Self.perBlock)
        let tasks = first / rowsPerTask..<(total + rowsPerTask - 1) / rowsPerTask
        blocks.withUnsafeMutableBufferPointer { blocks in
            // Each task has blocks of its own.
            nonisolated(unsafe) let blocks = blocks.baseAddress
            Parallel.run(tasks.count, threads: threads) { task in
                let start = (tasks.lowerBound + task) * rowsPerTask
                let rows = max(start, first)..<min(start + rowsPerTask, total)
                var vectors = store.rows(rows)
                NibbleCodes.subtract(mean, from: &vectors)
                rotation.apply(to: &vectors)
                cvectorscan_sign_encode(vectors, mean.count, bits, rows.lowerBound, rows.count, blocks)
            }
        }
    }

    /// A probe's tables.
    func tables(for probe: [Float]) -> [UInt8] {
        var rotated = probe
        NibbleCodes.subtract(mean, from: &rotated)
        rotation.apply(to: &rotated)
        return [UInt8](unsafeUninitializedCapacity: bits / 8 * 32) { tables, count in
            cvectorscan_sign_tables(rotated, bits, tables.baseAddress)
            count = bits / 8 * 32
        }
    }

    /// Gives rows that score `threshold` at least, a stretch of codes at a time, in order.
    ///
    /// - Parameter body: takes the rows and scores of a stretch, and gives the threshold for the next one.
    func scan(
        _ tables: [UInt8], threshold: UInt16 = 0,
        _ body: (UnsafeBufferPointer<UInt32>, UnsafeBufferPointer<UInt16>) -> UInt16
    ) {
        let stretch = max(2, 65536 / blockSize)
        let room = stretch * Self.perBlock
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: room) { rows in
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: room) { scores in
                withBlocks { blocks in
                    var threshold = threshold
                    for start in stride(from: 0, to: blockCount, by: stretch) {
                        let found = cvectorscan_sign_scan(
                            cvectorscan_level(), tables, bits, blocks.baseAddress! + start * blockSize,
                            min(stretch, blockCount - start), UInt32(start * Self.perBlock), threshold,
                            rows.baseAddress, scores.baseAddress)
                        // The last block may be filled in part.
                        let real = rows[..<found].last.map { $0 < count } ?? true
                        let kept = real ? found : rows[..<found].firstIndex { $0 >= count } ?? found
                        threshold = body(
                            UnsafeBufferPointer(rebasing: rows[..<kept]),
                            UnsafeBufferPointer(rebasing: scores[..<kept]))
                    }
                }
            }
        }
    }

    private func withBlocks<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        if let mapped { return mapped.withUnsafeBufferPointer(body) }
        return blocks.withUnsafeBufferPointer(body)
    }
}

/// The rows that score best in a scan: `wanted` of them, and those that score as well as the last.
struct BestScores {
    private let wanted: Int
    private var counts: [Int]
    private var found: [(row: UInt32, score: UInt16)] = []
    /// Rows that score less are not among the best.
    private(set) var threshold: UInt16 = 0
    /// Rows found that score `threshold` at least.
    private var above = 0

    init(_ wanted: Int, bits: Int) {
        self.wanted = wanted
        counts = [Int](repeating: 0, count: bits / 4 * CVECTORSCAN_SIGN_STEPS + 1)
    }

    mutating func insert(_ row: UInt32, _ score: UInt16) {
        guard score >= threshold else { return }
        found.append((row, score))
        counts[Int(score)] += 1
        above += 1
        while above - counts[Int(threshold)] >= wanted {
            above -= counts[Int(threshold)]
            threshold += 1
        }
    }

    /// Ascending.
    var rows: [UInt32] { found.lazy.filter { $0.score >= threshold }.map(\.row) }
}
