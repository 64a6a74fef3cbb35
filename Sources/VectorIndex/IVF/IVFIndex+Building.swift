import CVectorScan
import Foundation

extension IVFIndex {
    /// Builds an index of all vectors of a source in a folder, and opens it.
    ///
    /// Until it is done, an index that is there already stays and can be searched; it is replaced then.
    /// - Parameters:
    ///   - progress: called with what the build is at and how far with it (0 to 1), from several threads.
    /// - Throws: `invalidSetting`; `unwritable`; `invalidVector`, `duplicateID` for what the source gives; what the
    ///   source throws.
    public static func build(
        from source: some VectorSource, settings: IVFSettings = IVFSettings(), at url: URL,
        progress: @escaping @Sendable (IVFBuildStage, Double) -> Void = { _, _ in }
    ) throws(VectorIndexError) -> IVFIndex {
        var index = try IVFIndex(dimensions: source.dimensions, settings: settings)
        let lock = try IVFFolder.Lock(url)
        try withExtendedLifetime(lock) { () throws(VectorIndexError) in
            let folder = IVFFolder(url: url)
            let old = folder.isIndex ? try? folder.manifest() : nil
            folder.clean(keeping: old?.files ?? [])
            index.home.place.withLock { $0 = .init(folder: url, version: old?.version ?? 0) }
            if source.count > 0 {
                do throws(VectorIndexError) {
                    let build = IVFBuild(source: source, settings: settings, folder: url, progress: progress)
                    let model = try build.learn(name: "model-\(UUID().uuidString)")
                    try model.write(to: url)
                    let name = "lists-\(UUID().uuidString)"
                    try build.write(name, model: model)
                    index.model = model
                    index.generation = try IVFGeneration(opening: name, model: model, in: url)
                    progress(.calibrating, 0)
                    index.effort = try IVFCalibration(index: index, model: model, source: source).effort()
                    progress(.calibrating, 1)
                } catch {
                    folder.clean(keeping: old?.files ?? [])
                    throw error
                }
            }
            try index.commit(to: url)
        }
        return index
    }

    /// Brings the vectors added since into the lists and drops the deleted ones: writes all lists anew, and commits.
    ///
    /// - Throws: `invalidSetting` for an index that was never saved; else as `save`.
    public mutating func compact() throws(VectorIndexError) {
        guard let place = home.place.withLock({ $0 }), let model else {
            throw VectorIndexError(.invalidSetting, "save the index before compacting it")
        }
        let lock = try IVFFolder.Lock(place.folder)
        try withExtendedLifetime(lock) { () throws(VectorIndexError) in
            let folder = IVFFolder(url: place.folder)
            let old = folder.isIndex ? try? folder.manifest() : nil
            guard old?.version == place.version else { throw folder.changed }
            folder.clean(keeping: old?.files ?? [])
            let name = "lists-\(UUID().uuidString)"
            do throws(VectorIndexError) {
                if old?.model != model.settings.name { try model.write(to: folder.url) }
                try writeLists(name, model: model, to: folder.url)
                var compacted = self
                compacted.generation = try IVFGeneration(opening: name, model: model, in: folder.url)
                (compacted.segments, compacted.added, compacted.deleted) = ([], [], IVFDeletions())
                try compacted.commit(to: folder.url)
                self = compacted
            } catch {
                folder.clean(keeping: old?.files ?? [])
                throw error
            }
        }
    }

    /// Lists with all that can be found in them, as a generation's files.
    private func writeLists(_ name: String, model: IVFModel, to folder: URL) throws(VectorIndexError) {
        let bound = max(generation?.idBound ?? 0, (added.max() ?? -1) + 1)
        let idBytes = bound <= Int64(UInt32.max) ? 4 : 8
        let layout = IVFRows.Layout(model.coding(idBytes: idBytes))
        try IVFGenerationWriter.write(name, model: model, idBytes: idBytes, to: folder) {
            (writer) throws(VectorIndexError) in
            var first = 0
            while first < model.lists {
                // Some lists at a time.
                var end = first + 1
                if let generation {
                    while end < model.lists, generation.firstBlocks[end + 1] - generation.firstBlocks[first] < 1 << 13 {
                        end += 1
                    }
                } else {
                    end = model.lists
                }
                var rows: [UInt8] = []
                var counts: [Int] = []
                for list in first..<end {
                    let before = rows.count
                    try appendStored(list, layout: layout, to: &rows)
                    appendAdded(list, model: model, layout: layout, to: &rows)
                    counts.append((rows.count - before) / layout.rowBytes)
                }
                try rows.withUnsafeBufferPointer { (rows) throws(VectorIndexError) in
                    let places = stride(from: 0, to: rows.count, by: layout.rowBytes)
                    try writer.append(places.map { rows.baseAddress! + $0 }, counts: counts, threads: threads)
                }
                first = end
            }
        }
    }

    /// A list's own vectors as rows, less the deleted ones.
    private func appendStored(_ list: Int, layout: IVFRows.Layout, to rows: inout [UInt8]) throws(VectorIndexError) {
        guard let generation, generation.counts[list] > 0 else { return }
        let slots = generation.slots(of: list)
        var own = generation.coding
        let (recordBytes, idBytes) = (ivf_record_bytes(&own), Int(own.id_bytes))
        let blockBytes = ivf_block_bytes(own.width)
        var coding = layout.coding
        var row = [UInt8](repeating: 0, count: layout.rowBytes)
        try generation.records.withBytes(slots.lowerBound * recordBytes..<slots.upperBound * recordBytes) {
            (records) throws(VectorIndexError) in
            try generation.ids.withBytes(slots.lowerBound * idBytes..<slots.upperBound * idBytes) { ids in
                for n in 0..<slots.count where !deleted.contains(slot: slots.lowerBound + n) {
                    let slot = slots.lowerBound + n
                    let id = withUnsafeBytes(of: generation.id(at: ids.baseAddress! + n * idBytes).littleEndian) {
                        Array($0)
                    }
                    ivf_join_row(
                        &coding, generation.blocks.bytes.assumingMemoryBound(to: UInt8.self) + slot / 32 * blockBytes,
                        slot % 32, records.baseAddress!.assumingMemoryBound(to: UInt8.self) + n * recordBytes, id,
                        UInt32(list), &row)
                    rows.append(contentsOf: row)
                }
            }
        }
    }

    /// The vectors added to a list as rows.
    private func appendAdded(_ list: Int, model: IVFModel, layout: IVFRows.Layout, to rows: inout [UInt8]) {
        let added = IVFRows.Layout(model.coding(idBytes: IVFSegment.idBytes))
        for segment in segments {
            for row in segment.rows(of: UInt32(list)) {
                let start = row * added.rowBytes
                // The same bytes up to the id.
                let shared = added.rowBytes - IVFSegment.idBytes - 4
                rows.append(contentsOf: segment.bytes[start..<start + shared])
                withUnsafeBytes(of: segment.ids[row].littleEndian) {
                    rows.append(contentsOf: $0.prefix(Int(layout.coding.id_bytes)))
                }
                withUnsafeBytes(of: UInt32(list).littleEndian) { rows.append(contentsOf: $0) }
            }
        }
    }
}
