import CVectorScan

/// Codes of four bits of vectors: what an exact search reads instead of the vectors themselves, with bounds that tell
/// which of them it must still look at (see `nibbles.h`).
///
/// Vectors are centred by the mean of those that were there when the codes were made, and rotated. Vectors that come
/// later may be far from that mean: bounds hold all the same, and are only less close.
struct NibbleCodes: Sendable {
    let dimensions: Int
    let mean: [Float]
    private(set) var count = 0
    /// The length of the longest centred vector.
    private(set) var longest: Float = 0

    let rotation: Rotation
    private var mapped: MappedArray<UInt8>?
    private var blocks: [UInt8] = []

    /// Sums of products stay exact up to here.
    static let maximumDimensions = 8192

    init(mean: [Float]) {
        (dimensions, self.mean) = (mean.count, mean)
        rotation = Rotation(dimensions: mean.count)
    }

    /// The codes in a section of a file.
    init(mean: [Float], count: Int, longest: Float, section: String, of file: IndexFile) throws(VectorIndexError) {
        self.init(mean: mean)
        (self.count, self.longest) = (count, longest)
        mapped = try file.section(section, of: UInt8.self, count: blockCount * blockSize)
    }

    var blockSize: Int { cvectorscan_nibble_block_size(dimensions) }
    var blockCount: Int { NibbleCodes.blocks(for: count) }

    private static func blocks(for count: Int) -> Int {
        (count + CVECTORSCAN_NIBBLE_ROWS - 1) / CVECTORSCAN_NIBBLE_ROWS
    }

    func withBlocks<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        if let mapped { return mapped.withUnsafeBufferPointer(body) }
        return blocks.withUnsafeBufferPointer(body)
    }

    func write(to file: IndexFileWriter) throws(VectorIndexError) {
        if let mapped { return try file.append(mapped) }
        try file.append(blocks)
    }

    /// Makes room for the codes of so many rows in all, unless they lie in a file.
    mutating func reserveCapacity(_ count: Int) {
        if mapped == nil { blocks.reserveCapacity(NibbleCodes.blocks(for: count) * blockSize) }
    }

    /// Codes rows `count` and following of `store`.
    mutating func append(from store: RowStore, threads: Int) {
        if let mapped {
            blocks = Array(mapped)
            self.mapped = nil
        }
        let (first, total, size, dimensions) = (count, store.count, blockSize, dimensions)
        let perBlock = CVECTORSCAN_NIBBLE_ROWS
        let (firstBlock, blockCount) = (first / perBlock, NibbleCodes.blocks(for: total))
        let filled = blocks.count / size
        blocks.append(contentsOf: repeatElement(0, count: (blockCount - filled) * size))
        let (mean, rotation) = (mean, rotation)
        longest = max(
            longest,
            blocks.withUnsafeMutableBufferPointer { blocks in
                // Each task has blocks of its own.
                nonisolated(unsafe) let blocks = blocks.baseAddress!
                for block in filled..<blockCount { cvectorscan_nibble_clear(dimensions, blocks + block * size) }
                let blocksPerTask = 16
                let tasks = (blockCount - firstBlock + blocksPerTask - 1) / blocksPerTask
                let lengths = Parallel.map(tasks, threads: threads) { task in
                    let start = (firstBlock + task * blocksPerTask) * perBlock
                    let rows = max(start, first)..<min(start + blocksPerTask * perBlock, total)
                    var vectors = store.rows(rows)
                    NibbleCodes.subtract(mean, from: &vectors)
                    rotation.apply(to: &vectors)
                    cvectorscan_nibble_encode(
                        cvectorscan_level(), vectors, dimensions, rows.lowerBound, rows.count, blocks)
                    return NibbleCodes.longest(of: vectors, dimensions: dimensions)
                }
                return lengths.max() ?? 0
            })
        count = total
    }

    /// The mean of rows, each number summed in double precision.
    static func mean(of store: RowStore, threads: Int) -> [Float] {
        let (dimensions, chunk) = (store.dimensions, 4096)
        let sums = Parallel.map((store.count + chunk - 1) / chunk, threads: threads) { task in
            let rows = task * chunk..<min((task + 1) * chunk, store.count)
            var sum = [Double](repeating: 0, count: dimensions)
            store.rows(rows).withUnsafeBufferPointer { values in
                for row in 0..<rows.count {
                    for place in 0..<dimensions { sum[place] += Double(values[row * dimensions + place]) }
                }
            }
            return sum
        }
        var total = [Double](repeating: 0, count: dimensions)
        for sum in sums { for place in 0..<dimensions { total[place] += sum[place] } }
        return total.map { Float($0 / Double(max(store.count, 1))) }
    }

    static func subtract(_ mean: [Float], from vectors: inout [Float]) {
        let dimensions = mean.count
        vectors.withUnsafeMutableBufferPointer { vectors in
            mean.withUnsafeBufferPointer { mean in
                guard var row = vectors.baseAddress, let mean = mean.baseAddress else { return }
                for _ in 0..<vectors.count / dimensions {
                    for place in 0..<dimensions { row[place] -= mean[place] }
                    row += dimensions
                }
            }
        }
    }

    private static func longest(of vectors: [Float], dimensions: Int) -> Float {
        var squared = [Float](repeating: 0, count: vectors.count / dimensions)
        let origin = [Float](repeating: 0, count: dimensions)
        cvectorscan_l2_f32(cvectorscan_level(), origin, dimensions, vectors, nil, squared.count, &squared)
        return (squared.max() ?? 0).squareRoot() * 1.0001
    }
}
