import CVectorScan
import Foundation
import Synchronization

extension IVFIndex {
    public func search(_ probes: VectorBatch, k: Int, filter: IDSet?) throws(VectorIndexError) -> [[Neighbor]] {
        try search(probes, k: k, filter: filter, effort: nil)
    }

    /// The vectors nearest to each probe, with an effort of the caller's.
    ///
    /// - Parameter effort: `nil`: the index's own. It is raised where it would find fewer than `k`.
    /// - Throws: `wrongShape`, `invalidVector`; `unreadable`, `damaged` when the disk fails.
    public func search(
        _ probes: VectorBatch, k: Int, filter: IDSet? = nil, effort: IVFEffort?
    ) throws(VectorIndexError) -> [[Neighbor]] {
        guard probes.count > 0 else { return [] }
        guard probes.dimensions == dimensions else {
            throw VectorIndexError(.wrongShape, "probes of \(probes.dimensions) numbers; \(dimensions) wanted")
        }
        try metric.check(probes)
        guard k > 0, count > 0, let model else { return Array(repeating: [], count: probes.count) }
        let points = probes.values.withUnsafeBufferPointer { model.rotated($0) }
        var found = [[Neighbor]](repeating: [], count: probes.count)
        let piece = min(16, max(1, probes.count / 8))
        let threads = probes.count == 1 ? 1 : threads
        try found.withUnsafeMutableBufferPointer { (found) throws(VectorIndexError) in
            nonisolated(unsafe) let found = found
            try Parallel.run((probes.count + piece - 1) / piece, threads: threads) { (part) throws(VectorIndexError) in
                let searcher = IVFSearcher(self, model: model)
                for row in part * piece..<min(probes.count, (part + 1) * piece) {
                    let point = Array(points[row * model.width..<(row + 1) * model.width])
                    found[row] = try searcher.search(point, k: k, filter: filter, effort: effort ?? self.effort)
                }
            }
        }
        return found
    }
}

/// Searches an index for one probe after the other.
final class IVFSearcher {
    private let index: IVFIndex
    private let model: IVFModel
    private let level = cvectorscan_level()
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
        var effort = effort ?? IVFEffort(lists: model.lists, candidates: 200)
        if filter != nil { effort.lists *= 4 }
        let wanted = min(k, index.count, filter?.count ?? .max)
        while true {
            effort.lists = max(1, min(effort.lists, model.lists))
            effort.candidates = max(effort.candidates, 2 * k)
            let lists = nearestLists(to: point, count: effort.lists)
            var found = try stored(near: point, lists: lists, count: effort.candidates, filter: filter)
            let isAll = effort.lists == model.lists && found.count < effort.candidates
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
        let visited = max(8, settings.tops / 8, experimentVisit * count / settings.branches)
        if visited < settings.tops {
            distances(from: point, to: model.topCentroids, rows: 0..<settings.tops)
            var nearest = (0..<settings.tops).map { ivf_candidate(estimate: distances[$0], slot: UInt32($0)) }
            _ = ivf_select(&nearest, nearest.count, visited)
            regions = nearest.prefix(visited).map { Int($0.slot) }
        }
        let total = regions.count * settings.branches
        let lists = [ivf_candidate](unsafeUninitializedCapacity: total) { lists, initialized in
            for (n, region) in regions.enumerated() {
                let first = region * settings.branches
                distances(from: point, to: model.centroids, rows: first..<first + settings.branches)
                for branch in 0..<settings.branches {
                    lists[n * settings.branches + branch] = ivf_candidate(
                        estimate: distances[branch], slot: UInt32(first + branch))
                }
            }
            initialized = total
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
        let room = max(4 * count, count + 1024)
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

    /// The best vectors of the lists, as the disk has them.
    private func stored(
        near point: [Float], lists: [NearList], count: Int, filter: IDSet?
    ) throws(VectorIndexError) -> [Found] {
        let best = try candidates(near: point, lists: lists, count: count, filter: filter)
        guard let generation = index.generation, !best.isEmpty else { return [] }
        var coding = generation.coding
        let recordBytes = ivf_record_bytes(&coding)
        let ordered = lists.sorted { $0.list < $1.list }
        let middle = self.middle(of: point)
        var signs = [UInt8](repeating: 0, count: model.width / 8)
        var list = 0
        var found: [Found] = []
        found.reserveCapacity(best.count)
        try read(best.map { Int($0.slot) }, bytes: recordBytes, of: generation.records) { slot, record in
            while Int(generation.firstBlocks[ordered[list].list + 1]) * 32 <= slot { list += 1 }
            ivf_block_signs(
                generation.blocks.bytes.assumingMemoryBound(to: UInt8.self) + slot / 32 * ivf_block_bytes(model.width),
                slot % 32, model.width, &signs)
            let distance = ordered[list].distance + self.distance(point, middle: middle, signs: signs, record: record)
            found.append(Found(distance: distance, slot: slot, id: -1))
        }
        return found
    }

    /// What is to be taken from a product with codes, which are counted from 0.
    private func middle(of point: [Float]) -> Float {
        point.reduce(0, +) * (Float(1 << model.settings.bits) - 1) / 2
    }

    /// A stored vector's squared distance, less the point's to its centroid.
    private func distance(
        _ point: [Float], middle: Float, signs: UnsafePointer<UInt8>, record: UnsafePointer<UInt8>
    ) -> Float {
        var coding = model.coding
        var product: Float = 0
        ivf_planes_dot(level, &coding, signs, record, point, &product)
        let numbers = UnsafeRawPointer(record)
        let constant = numbers.loadUnaligned(as: Float.self)
        let scale = numbers.loadUnaligned(fromByteOffset: 4, as: Float.self)
        return constant - 2 * scale * (product - middle)
    }

    /// Calls `body` with each slot's bytes; slots are in order, and near ones are read together.
    private func read(
        _ slots: [Int], bytes: Int, of section: StoredSection, _ body: (Int, UnsafePointer<UInt8>) -> Void
    ) throws(VectorIndexError) {
        if let loaded = section.loaded {
            let start = loaded.bytes.assumingMemoryBound(to: UInt8.self)
            for slot in slots { body(slot, start + slot * bytes) }
            return
        }
        let page = 4096
        var pieces: [(start: Int, end: Int)] = []
        for slot in slots {
            if let last = pieces.last, slot * bytes - last.end < page, (slot + 1) * bytes - last.start <= 16 * page {
                pieces[pieces.count - 1].end = (slot + 1) * bytes
            } else {
                pieces.append((slot * bytes, (slot + 1) * bytes))
            }
        }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: pieces.reduce(0) { $0 + $1.end - $1.start }, alignment: 64)
        defer { memory.deallocate() }
        var reads: [ivf_read] = []
        reads.reserveCapacity(pieces.count)
        var offset = 0
        for piece in pieces {
            reads.append(
                ivf_read(
                    offset: UInt64(section.file.offset + piece.start), into: memory + offset,
                    length: UInt32(piece.end - piece.start)))
            offset += piece.end - piece.start
        }
        try index.readers.read(&reads, of: section.file)
        var piece = 0
        offset = 0
        for slot in slots {
            while slot * bytes >= pieces[piece].end {
                offset += pieces[piece].end - pieces[piece].start
                piece += 1
            }
            body(slot, (memory + offset + slot * bytes - pieces[piece].start).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// The vectors added since the lists were written.
    private func added(near point: [Float], lists: [NearList], filter: IDSet?, to found: inout [Found]) {
        guard !index.segments.isEmpty else { return }
        let layout = IVFRows.Layout(model.coding(idBytes: IVFSegment.idBytes))
        let middle = middle(of: point)
        for segment in index.segments {
            segment.bytes.withUnsafeBufferPointer { bytes in
                for near in lists {
                    for row in segment.rows(of: UInt32(near.list)) {
                        if let filter, !filter.contains(segment.ids[row]) { continue }
                        let record = bytes.baseAddress! + row * layout.rowBytes
                        let distance = distance(
                            point, middle: middle, signs: layout.signs(of: record), record: record)
                        found.append(Found(distance: near.distance + distance, slot: -1, id: segment.ids[row]))
                    }
                }
            }
        }
    }

    /// Whether a slot is one of a list's.
    func list(_ list: Int, holds slot: Int) -> Bool {
        index.generation?.slots(of: list).contains(slot) ?? false
    }

    /// The nearest vectors in the lists, with their slots.
    func nearestSlots(
        _ k: Int, to point: [Float], lists: [NearList], effort: IVFEffort
    ) throws(VectorIndexError) -> [Found] {
        try nearest(try stored(near: point, lists: lists, count: effort.candidates, filter: nil), k: k)
    }

    /// The `k` nearest of what was found.
    private func neighbors(_ found: [Found], k: Int) throws(VectorIndexError) -> [Neighbor] {
        let neighbors = try nearest(found, k: k).map { Neighbor(id: $0.id, distance: metric($0.distance)) }.sorted()
        return Array(neighbors.prefix(k))
    }

    /// The `k` nearest of what was found with their ids, and what is as near as the last of them.
    private func nearest(_ found: [Found], k: Int) throws(VectorIndexError) -> [Found] {
        var best = found.sorted { $0.distance < $1.distance }
        if best.count > k {
            // All that are as near as the last of them, since equals go by id.
            let last = best[k - 1].distance
            best = Array(best.prefix { $0.distance <= last })
        }
        if let generation = index.generation {
            let idBytes = Int(generation.coding.id_bytes)
            let order = best.indices.filter { best[$0].slot >= 0 }.sorted { best[$0].slot < best[$1].slot }
            var next = 0
            try read(order.map { best[$0].slot }, bytes: idBytes, of: generation.ids) { _, bytes in
                best[order[next]].id = generation.id(at: bytes)
                next += 1
            }
        }
        return best
    }

    /// A squared distance of points as the metric's distance.
    private func metric(_ squared: Float) -> Float {
        let squared = max(squared, 0)
        return index.metric == .cosine ? squared / 2 : squared.squareRoot()
    }
}

let experimentVisit = Int(ProcessInfo.processInfo.environment["VISIT"] ?? "6")!
