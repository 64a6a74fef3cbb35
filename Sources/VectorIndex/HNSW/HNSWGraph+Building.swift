import CVectorScan
import Foundation
import Synchronization

extension HNSWGraph {
    /// Adds rows behind those there are.
    ///
    /// They go in by batches: neighbours are looked for on all processors among what is linked already and the batch
    /// itself, and then linked one row after the other, so that the same rows always make the same graph.
    mutating func append(_ values: [Float]) {
        let (first, added) = (count, values.count / dimensions)
        guard added > 0 else { return }
        rows.change { $0 += values }
        for place in first..<first + added { levels.append(level(for: place)) }
        lower.change { $0 += [UInt32](repeating: 0, count: added * (2 * links + 1)) }
        upper.change { upper in
            for place in first..<first + added {
                firstUpper.append(UInt32(upper.count / (links + 1)))
                upper += [UInt32](repeating: 0, count: Int(levels[place]) * (links + 1))
            }
        }
        if first == 0 { entry = 0 }
        var place = max(first, 1)
        while place < count {
            let batch = place..<min(count, place + min(256, max(1, place / 16)))
            link(batch)
            place = batch.upperBound
        }
    }

    /// Each level has one row in `links` of the level below, by numbers that follow from the place.
    private func level(for place: Int) -> UInt8 {
        var value = UInt64(place) &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        let uniform = (Double((value ^ value >> 31) >> 11) + 1) / 9_007_199_254_740_992
        return UInt8(min(Double(Self.highestLevel), -log(uniform) / log(Double(links))))
    }

    private mutating func link(_ batch: Range<Int>) {
        let found = candidates(for: batch)
        for (place, hitsByLevel) in zip(batch, found) {
            for (level, hits) in hitsByLevel.enumerated() {
                link(place, level, hits)
            }
            if levels[place] > levels[entry] { entry = place }
        }
    }

    private mutating func link(_ place: Int, _ level: Int, _ hits: [cvectorscan_hit]) {
        // With everything but the level's lists held aside, these are changed in place.
        let (rows, first, links) = (rows, firstUpper, links)
        func link(_ lists: inout [UInt32]) {
            lists.withUnsafeMutableBufferPointer { lists in
                Self.withLevel(level, rows, lists, first, links: links) {
                    cvectorscan_graph_link(cvectorscan_level(), &$0, UInt32(place), hits, hits.count, links)
                }
            }
        }
        if level == 0 { lower.change(link) } else { upper.change(link) }
    }

    /// For each row of the batch and each of its levels from 0 up, what may become its neighbours, nearest first.
    private func candidates(for batch: Range<Int>) -> [[[cvectorscan_hit]]] {
        guard batch.count > 1 else { return [candidates(for: batch.lowerBound, batch)] }
        let found = Mutex([[[cvectorscan_hit]]](repeating: [], count: batch.count))
        DispatchQueue.concurrentPerform(iterations: batch.count) { number in
            let one = candidates(for: batch.lowerBound + number, batch)
            found.withLock { $0[number] = one }
        }
        return found.withLock { $0 }
    }

    private func candidates(for place: Int, _ batch: Range<Int>) -> [[cvectorscan_hit]] {
        row(place).withUnsafeBufferPointer { row in
            let (probe, top) = (row.baseAddress!, Int(levels[entry]))
            let own = Int(levels[place])
            var hit = start(probe)
            for level in stride(from: top, to: own, by: -1) { descend(probe, level, &hit) }
            var result = [[cvectorscan_hit]](repeating: [], count: own + 1)
            var hits = [hit]
            for level in stride(from: own, through: 0, by: -1) {
                // Above the top are only rows of this batch.
                if level <= top { hits = walk(probe, level: level, from: hits, effort: construction) }
                let mates = (batch.lowerBound..<place).filter { levels[$0] >= level }.map(UInt32.init)
                let all = (level <= top ? hits : []) + distances(from: probe, to: mates)
                result[level] = Array(all.sorted(by: Self.nearer).prefix(construction))
            }
            return result
        }
    }

    static func nearer(_ one: cvectorscan_hit, _ other: cvectorscan_hit) -> Bool {
        one.distance != other.distance ? one.distance < other.distance : one.place < other.place
    }

    /// The graph without some rows; what had them as neighbours gets new ones from among theirs.
    func removing(_ gone: Set<Int>) -> HNSWGraph {
        let kept = (0..<count).filter { !gone.contains($0) }
        var new = HNSWGraph(dimensions: dimensions, links: links, construction: construction)
        // With many gone, too many ways would end nowhere.
        guard gone.count * 4 < count else {
            new.append(kept.flatMap(row))
            return new
        }
        var numbers = [UInt32](repeating: 0, count: count)
        for (number, place) in kept.enumerated() { numbers[place] = UInt32(number) }
        var (rows, lower, upper): ([Float], [UInt32], [UInt32]) = ([], [], [])
        for place in kept {
            rows += row(place)
            new.levels.append(levels[place])
            new.firstUpper.append(UInt32(upper.count / (links + 1)))
            for level in 0...Int(levels[place]) {
                let room = level == 0 ? 2 * links : links
                let list = repaired(place, level: level, room: room, gone).map { numbers[Int($0)] }
                let padded = [UInt32(list.count)] + list + [UInt32](repeating: 0, count: room - list.count)
                if level == 0 { lower += padded } else { upper += padded }
            }
        }
        (new.rows, new.lower, new.upper) = (.inMemory(rows), .inMemory(lower), .inMemory(upper))
        new.entry = new.levels.indices.max { new.levels[$0] < new.levels[$1] } ?? 0
        return new
    }

    private func repaired(_ place: Int, level: Int, room: Int, _ gone: Set<Int>) -> [UInt32] {
        let list = neighbors(of: place, level: level)
        guard list.contains(where: { gone.contains(Int($0)) }) else { return list }
        var near = Set(list)
        for neighbor in list where gone.contains(Int(neighbor)) {
            near.formUnion(neighbors(of: Int(neighbor), level: level))
        }
        let living = near.filter { !gone.contains(Int($0)) && $0 != UInt32(place) }
        let hits = distances(from: row(place), to: Array(living)).sorted(by: Self.nearer)
        return [UInt32](unsafeUninitializedCapacity: room) { chosen, count in
            count = withLevel(level) {
                cvectorscan_graph_choose(cvectorscan_level(), &$0, hits, hits.count, room, chosen.baseAddress)
            }
        }
    }
}
