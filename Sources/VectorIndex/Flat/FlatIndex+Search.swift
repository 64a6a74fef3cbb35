import CVectorScan

extension FlatIndex {
    /// Probes that go through a stretch of codes together.
    private static let probesTogether = 16
    /// A stretch of codes stays in the cache while these probes go through it.
    private static let stretchBytes = 96 << 10

    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet? = nil
    ) throws(VectorIndexError) -> [[Neighbor]] {
        let values = try probes.comparable(metric, dimensions: dimensions)
        let count = values.count / dimensions
        guard k > 0, self.count > 0, filter?.isEmpty != true else {
            return [[Neighbor]](repeating: [], count: count)
        }
        let k = min(k, self.count)
        // Many probes share the threads; for a few, the threads share the rows.
        let groups = (count + Self.probesTogether - 1) / Self.probesTogether
        let parts = groups >= threads ? 1 : max(1, min(threads / groups, table.rowCount / 16384))
        let found = Parallel.map(groups * parts, threads: threads) { task in
            let (group, part) = task.quotientAndRemainder(dividingBy: parts)
            let first = group * Self.probesTogether
            let some = (first..<min(first + Self.probesTogether, count)).map { probe in
                FlatProbe(
                    Array(values[probe * dimensions..<(probe + 1) * dimensions]), in: self, k: k, filter: filter)
            }
            return search(some, part: part, of: parts, k: k)
        }
        var results: [[Neighbor]] = []
        for group in 0..<groups {
            let parts = found[group * parts..<(group + 1) * parts]
            guard parts.allSatisfy({ $0 != nil }) else {
                throw VectorIndexError(.damaged, "vectors and their codes do not belong together: build the index anew")
            }
            for probe in 0..<parts.first!!.count {
                let all = parts.flatMap { $0![probe] }
                results.append(parts.count == 1 ? all : Array(all.sorted().prefix(k)))
            }
        }
        return results
    }

    /// Searches one of `parts` equal parts of the rows.
    ///
    /// - Returns: `nil` when vectors and their codes do not belong together.
    private func search(_ probes: [FlatProbe], part: Int, of parts: Int, k: Int) -> [[Neighbor]]? {
        var probes = probes
        // Squares of the smallest numbers vanish, and bounds with them.
        guard let codes, codes.longest > 1e-12, 8 * k < table.rowCount else {
            let rows = part * table.rowCount / parts..<(part + 1) * table.rowCount / parts
            for probe in probes.indices { probes[probe].look(at: rows) }
            return probes.map(\.result)
        }
        let (blockSize, blockCount) = (codes.blockSize, codes.blockCount)
        let blocks = part * blockCount / parts..<(part + 1) * blockCount / parts
        let stretch = max(4, Self.stretchBytes / blockSize)
        let room = stretch * CVECTORSCAN_NIBBLE_ROWS
        let padded = (dimensions + 7) / 8 * 8
        let rows = UnsafeMutablePointer<UInt32>.allocate(capacity: room * probes.count)
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: room * probes.count)
        let probeCodes = UnsafeMutablePointer<Int8>.allocate(capacity: padded * probes.count)
        defer {
            rows.deallocate()
            bounds.deallocate()
            probeCodes.deallocate()
        }
        var coded = probes.map(\.coded)
        for probe in probes.indices {
            (probeCodes + probe * padded).initialize(from: probes[probe].codes, count: padded)
            coded[probe].codes = UnsafePointer(probeCodes + probe * padded)
            coded[probe].rows = rows + probe * room
            coded[probe].bounds = bounds + probe * room
        }
        codes.withBlocks { stored in
            var start = blocks.lowerBound
            while start < blocks.upperBound {
                let some = min(stretch, blocks.upperBound - start)
                cvectorscan_nibble_scan(
                    cvectorscan_level(), &coded, coded.count, dimensions,
                    stored.baseAddress! + start * blockSize, some, UInt32(start * CVECTORSCAN_NIBBLE_ROWS))
                for probe in probes.indices {
                    probes[probe].take(rows + probe * room, bounds + probe * room, count: coded[probe].found)
                    coded[probe].threshold = probes[probe].coded.threshold
                }
                start += some
            }
        }
        var results: [[Neighbor]] = []
        for probe in probes.indices { results.append(probes[probe].finish()) }
        return probes.contains { $0.isInconsistent } ? nil : results
    }
}
