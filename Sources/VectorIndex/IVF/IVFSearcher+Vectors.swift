import CVectorScan

extension IVFSearcher {
    /// The best vectors of the lists, as the disk has them.
    func stored(
        near point: [Float], lists: [NearList], count: Int, filter: IDSet?
    ) throws(VectorIndexError) -> [Found] {
        try stored(near: point, lists: lists, best: candidates(near: point, lists: lists, count: count, filter: filter))
    }

    /// Some vectors of the lists, as the disk has them.
    ///
    /// - Parameter best: what `candidates` gave for these lists.
    private func stored(
        near point: [Float], lists: [NearList], best: ArraySlice<ivf_candidate>
    ) throws(VectorIndexError) -> [Found] {
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
    func added(near point: [Float], lists: [NearList], filter: IDSet?, to found: inout [Found]) {
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

    /// The nearest of some vectors in the lists, with their slots.
    ///
    /// - Parameter best: what `candidates` gave for these lists.
    func nearest(
        _ k: Int, to point: [Float], lists: [NearList], among best: ArraySlice<ivf_candidate>
    ) throws(VectorIndexError) -> [Found] {
        try nearest(try stored(near: point, lists: lists, best: best), k: k)
    }

    /// The `k` nearest of what was found.
    func neighbors(_ found: [Found], k: Int) throws(VectorIndexError) -> [Neighbor] {
        let neighbors = try nearest(found, k: k).map {
            Neighbor(id: $0.id, distance: index.metric.distance(squared: $0.distance))
        }.sorted()
        return Array(neighbors.prefix(k))
    }

    /// The `k` nearest of what was found with their ids, and what is as near as the last of them.
    private func nearest(_ found: [Found], k: Int) throws(VectorIndexError) -> [Found] {
        var best = found
        if best.count > k {
            // All that are as near as the last of them, since equals go by id.
            var order = found.indices.map { ivf_candidate(estimate: found[$0].distance, slot: UInt32($0)) }
            let last = ivf_select(&order, order.count, k)
            best.removeAll { $0.distance > last }
        }
        best.sort { $0.distance < $1.distance }
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
}
