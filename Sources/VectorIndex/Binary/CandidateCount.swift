import CVectorScan

/// How many of the best by their signs must be compared so that the nearest are among them.
struct CandidateCount: Sendable, Codable {
    /// For the nearest one, and for the nearest ten.
    var forOne = 0
    var forTen = 0
    /// Vectors that were there when this was measured.
    var measuredCount = 0

    /// For the nearest `k` of `count` vectors.
    func count(k: Int, of count: Int) -> Int {
        let each = Double(max(forTen - forOne, 0)) / 9
        let needed = (Double(forOne) + each * Double(k - 1)).rounded(.up)
        // The farther ones of many vectors lie deeper.
        let growth = max(1, Double(count) / Double(max(measuredCount, 1)))
        return max(32, 2 * k, Int(min(needed * growth, Double(count))))
    }
}

extension BinaryIndex {
    /// Stored vectors that are sought.
    private static let samples = 256

    /// Seeks the neighbours of some stored vectors, and sees how deep among the best by signs they lie.
    func measureCandidates() throws(VectorIndexError) -> CandidateCount {
        guard let codes else { return CandidateCount() }
        let rows = (0..<Self.samples).map { $0 * flat.table.rowCount / Self.samples }.filter {
            !flat.table.isDeleted($0)
        }
        let probes = VectorBatch(dimensions: dimensions, values: rows.flatMap { flat.rows.rows($0..<$0 + 1) })
        let nearest = try flat.search(probes, k: 11).map { $0.map(\.id) }
        let sought = Set(nearest.joined())
        var rowOf: [Int64: Int] = [:]
        for row in 0..<flat.table.rowCount where sought.contains(flat.table.ids[row]) && !flat.table.isDeleted(row) {
            rowOf[flat.table.ids[row]] = row
        }
        let neighbors = zip(rows, nearest).map { row, ids in
            ids.map { rowOf[$0]! }.filter { $0 != row }.prefix(10)
        }
        let depths = Parallel.map(rows.count, threads: threads) { sample in
            // Scores of all, so that a neighbour's depth is the number that score as well.
            var scores = [UInt16](repeating: 0, count: codes.count)
            var atLeast = [Int](repeating: 0, count: codes.bits / 4 * CVECTORSCAN_SIGN_STEPS + 2)
            codes.scan(codes.tables(for: Array(probes[sample]))) { rows, found in
                for place in rows.indices {
                    scores[Int(rows[place])] = found[place]
                    atLeast[Int(found[place])] += 1
                }
                return 0
            }
            for score in (0..<atLeast.count - 1).reversed() { atLeast[score] += atLeast[score + 1] }
            return neighbors[sample].map { atLeast[Int(scores[$0])] }
        }
        return CandidateCount(
            forOne: deepest(depths.compactMap(\.first)), forTen: deepest(depths.flatMap { $0 }),
            measuredCount: count)
    }

    /// How deep one must go to meet `recall` of them.
    private func deepest(_ depths: [Int]) -> Int {
        guard !depths.isEmpty else { return count }
        let place = Int((recall * Double(depths.count)).rounded(.up)) - 1
        return depths.sorted()[min(max(place, 0), depths.count - 1)]
    }
}
