import CVectorScan

/// Searches an index for one probe after the other.
final class IVFSearcher {
    let index: IVFIndex
    let model: IVFModel
    let level = cvectorscan_level()
    private let tables: UnsafeMutablePointer<UInt8>
    private var candidates: [ivf_candidate] = []
    private var distances: [Float] = []

    init(_ index: IVFIndex, model: IVFModel) {
        (self.index, self.model) = (index, model)
        tables = .allocate(capacity: 4 * model.width)
    }

    deinit { tables.deallocate() }

    /// The nearest to a point (a rotated probe).
    func search(_ point: [Float], k: Int, filter: IDSet?, effort: IVFEffort?) throws(VectorIndexError) -> [Neighbor] {
        let all = IVFEffort(lists: model.lists, candidates: max(index.count, 2 * k))
        var effort = effort ?? IVFEffort(lists: model.lists, candidates: 200)
        // Of what a filter leaves, less is near.
        effort.lists = max(1, min(effort.lists, model.lists)) * (filter == nil ? 1 : 4)
        effort.candidates = max(effort.candidates, 2 * k)
        let wanted = min(k, index.count, filter?.count ?? .max)
        while true {
            effort.lists = min(effort.lists, all.lists)
            effort.candidates = min(effort.candidates, all.candidates)
            let lists = nearestLists(to: point, count: effort.lists)
            var found = try stored(near: point, lists: lists, count: effort.candidates, filter: filter)
            let isAll = effort.lists == all.lists && (found.count < effort.candidates || effort == all)
            added(near: point, lists: lists, filter: filter, to: &found)
            if found.count >= wanted || isAll { return try neighbors(found, k: k) }
            effort.lists *= 4
            effort.candidates *= 4
        }
    }

    /// A list and a point's squared distance to its centroid.
    struct NearList {
        var list: Int
        var distance: Float
    }

    /// A vector and its squared distance.
    struct Found {
        var distance: Float
        /// Of a vector in the lists; else −1.
        var slot: Int
        /// Of a vector in a segment.
        var id: Int64
    }

    /// The lists whose centroids are nearest, nearest first.
    func nearestLists(to point: [Float], count: Int) -> [NearList] {
        let settings = model.settings
        var regions = Array(0..<settings.tops)
        let visited = max(8, settings.tops / 8, 6 * count * settings.tops / model.lists)
        if visited < settings.tops {
            distances(from: point, to: model.topCentroids, rows: 0..<settings.tops)
            var nearest = (0..<settings.tops).map { ivf_candidate(estimate: distances[$0], slot: UInt32($0)) }
            _ = ivf_select(&nearest, nearest.count, visited)
            regions = nearest.prefix(visited).map { Int($0.slot) }
        }
        let total = regions.reduce(0) { $0 + settings.branches[$1] }
        let lists = [ivf_candidate](unsafeUninitializedCapacity: total) { lists, initialized in
            for region in regions {
                let rows = model.firstLists[region]..<model.firstLists[region + 1]
                distances(from: point, to: model.centroids, rows: rows)
                for (n, row) in rows.enumerated() {
                    lists[initialized + n] = ivf_candidate(estimate: distances[n], slot: UInt32(row))
                }
                initialized += rows.count
            }
            if count < total { _ = ivf_select(lists.baseAddress, total, count) }
        }
        return lists.prefix(count).sorted { $0.estimate < $1.estimate }.map {
            NearList(list: Int($0.slot), distance: $0.estimate)
        }
    }

    private func distances(from point: [Float], to centroids: [Float], rows: Range<Int>) {
        if distances.count < rows.count { distances = [Float](repeating: 0, count: rows.count) }
        centroids.withUnsafeBufferPointer {
            ivf_distances(
                level, point, $0.baseAddress! + rows.lowerBound * model.width, rows.count, model.width, &distances)
        }
    }

    /// The `count` best by their codes among the lists' vectors, as slots in order.
    func candidates(
        near point: [Float], lists: [NearList], count: Int, filter: IDSet?
    ) throws(VectorIndexError) -> ArraySlice<ivf_candidate> {
        guard let generation = index.generation else { return [] }
        var coding = model.coding
        var probe = ivf_probe()
        ivf_prepare(&coding, point, tables, &probe)
        let room = 2 * count + 4096
        if candidates.count < room {
            candidates = [ivf_candidate](repeating: ivf_candidate(), count: room)
        }
        var held = 0
        var limit = Float.infinity
        let blockBytes = ivf_block_bytes(model.width)
        let (level, width) = (level, model.width)
        let blocks = generation.blocks.bytes.assumingMemoryBound(to: UInt8.self)
        let deletions = index.deleted
        try candidates.withUnsafeMutableBufferPointer { (candidates) throws(VectorIndexError) in
            for (place, near) in lists.enumerated() {
                if place + 1 < lists.count {
                    let next = lists[place + 1].list
                    ivf_prefetch(
                        blocks + Int(generation.firstBlocks[next]) * blockBytes, Int(generation.counts[next]), width)
                }
                let size = Int(generation.counts[near.list])
                if size == 0 { continue }
                let first = Int(generation.firstBlocks[near.list])
                let start = near.distance + model.coding.offset_start
                // Nothing is hidden where it is empty.
                var hidden: [UInt32] = []
                if filter != nil || !deletions.slots.isEmpty {
                    hidden = try self.hidden(near.list, filter: filter, in: generation)
                }
                var next = 0
                let all = (size + 31) / 32
                while next < all {
                    held += hidden.withUnsafeBufferPointer { hidden in
                        ivf_scan(
                            level, &probe, blocks + first * blockBytes, size, width, start, limit, UInt32(first * 32),
                            hidden.isEmpty ? nil : hidden.baseAddress, candidates.baseAddress! + held, room - held,
                            &next)
                    }
                    if held > 2 * count || next < all && held > count {
                        limit = ivf_select(candidates.baseAddress, held, count)
                        held = count
                    }
                }
            }
            if held > count {
                _ = ivf_select(candidates.baseAddress, held, count)
                held = count
            }
            candidates[..<held].sort { $0.slot < $1.slot }
        }
        return candidates[..<held]
    }

    /// A bit for each vector of a list that must not be found.
    private func hidden(
        _ list: Int, filter: IDSet?, in generation: IVFGeneration
    ) throws(VectorIndexError) -> [UInt32] {
        let slots = generation.slots(of: list)
        let first = Int(generation.firstBlocks[list])
        var hidden = (first..<Int(generation.firstBlocks[list + 1])).map { index.deleted.word($0) }
        guard let filter else { return hidden }
        let idBytes = Int(generation.coding.id_bytes)
        try generation.ids.withBytes(slots.lowerBound * idBytes..<slots.upperBound * idBytes) { bytes in
            for n in 0..<slots.count where !filter.contains(generation.id(at: bytes.baseAddress! + n * idBytes)) {
                hidden[n / 32] |= 1 << UInt32(n % 32)
            }
        }
        return hidden
    }
}
