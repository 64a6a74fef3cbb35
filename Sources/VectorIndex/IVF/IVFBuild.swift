import CVectorScan
import Foundation
import Synchronization

/// Builds the lists of an index: learns them from a sample, sorts all vectors into them through files, and so needs
/// little memory whatever their number.
struct IVFBuild {
    let source: any VectorSource
    let settings: IVFSettings
    let folder: URL
    let progress: @Sendable (IVFBuildStage, Double) -> Void

    /// Learns the lists.
    func learn(name: String) throws(VectorIndexError) -> IVFModel {
        progress(.learning, 0)
        let lists = settings.lists ?? max(1, Int(4 * Double(source.count).squareRoot()))
        // In memory as they are, and as bytes.
        let most = settings.memory / (5 * (source.dimensions + 63))
        let sample = try sample(of: min(source.count, max(min(40 * lists, most), 20000)))
        progress(.learning, 0.3)
        let model = try IVFModel(sample: sample, lists: lists, settings: settings, name: name)
        progress(.learning, 1)
        return model
    }

    /// Rows from all over the source, in stretches of 256 at most.
    private func sample(of count: Int) throws(VectorIndexError) -> VectorBatch {
        guard count < source.count else { return try read(0..<source.count).vectors }
        let (length, stretches) = (256, max(1, count / 256))
        var starts: [Int] = []
        for n in 0..<stretches { starts.append(n * (source.count / stretches)) }
        // Neighbouring rows are often alike: no order must be left among them.
        var random = SplitMix(state: 7)
        starts.shuffle(using: &random)
        let (first, numbers) = (starts, length * source.dimensions)
        var values = [Float](repeating: 0, count: stretches * numbers)
        try values.withUnsafeMutableBufferPointer { (values) throws(VectorIndexError) in
            nonisolated(unsafe) let values = values
            try Parallel.tryRun(stretches, threads: settings.threads) { (n) throws(VectorIndexError) in
                let own = try read(first[n]..<first[n] + length).vectors.values
                (values.baseAddress! + n * numbers).update(from: own, count: numbers)
            }
        }
        return VectorBatch(dimensions: source.dimensions, values: values)
    }

    /// Some rows, checked.
    private func read(_ rows: Range<Int>) throws(VectorIndexError) -> (vectors: VectorBatch, ids: [Int64]) {
        let (vectors, ids) = try source.read(rows: rows)
        guard vectors.count == rows.count, ids.count == rows.count else {
            throw VectorIndexError(.wrongShape, "the source gave other rows than \(rows)")
        }
        try vectors.check(settings.metric, dimensions: source.dimensions)
        let bound = source.idBound
        for id in ids where id < 0 || id >= bound {
            throw VectorIndexError(.invalidSetting, "id \(id) is not within 0 ..< \(bound)")
        }
        return (vectors, ids)
    }

    /// Writes the files of a generation.
    func write(_ name: String, model: IVFModel) throws(VectorIndexError) {
        let idBytes = source.idBound <= Int64(UInt32.max) ? 4 : 8
        let layout = IVFRows.Layout(model.coding(idBytes: idBytes))
        // A bucket is in memory whole, and once more as lists.
        let bytes = source.count * layout.rowBytes
        let count = min(model.settings.tops, max(1, bytes / (settings.memory / 4) + 1))
        // Regions have vectors in proportion to their lists.
        let regions = (0...count).map { bucket in
            model.firstLists.firstIndex { $0 * count >= bucket * model.lists } ?? model.settings.tops
        }
        var made = count == 1 ? [IVFBucket(holding: bytes)] : []
        while made.count < count {
            made.append(try IVFBucket(folder.appending(path: "\(name).bucket-\(made.count)")))
        }
        let buckets = made
        let done = Atomic(0)
        let seen = Mutex(IDSet())
        let dense = source.idBound <= 64 * Int64(source.count) + 1 << 20
        // What rows become on their way stays in the processor's cache, unless there are very many lists to count.
        let piece = max(1024, min(16384, model.lists / 8))
        let pieces = (source.count + piece - 1) / piece
        try Parallel.tryRun(pieces, threads: settings.threads) { (part) throws(VectorIndexError) in
            let rows = part * piece..<min(source.count, (part + 1) * piece)
            let (vectors, ids) = try read(rows)
            if dense {
                let twice = seen.withLock { (seen) -> Int64? in
                    for id in ids {
                        if seen.contains(id) { return id }
                        seen.insert(id)
                    }
                    return nil
                }
                if let twice { throw VectorIndexError(.duplicateID, "id \(twice) comes twice") }
            }
            let (bytes, starts) = vectors.values.withUnsafeBufferPointer {
                model.rows($0, ids: ids, idBytes: idBytes)
            }
            try bytes.withUnsafeBufferPointer { (bytes) throws(VectorIndexError) in
                let bytes = UnsafeRawBufferPointer(bytes)
                for (number, bucket) in buckets.enumerated() {
                    let own = starts[model.firstLists[regions[number]]] * layout.rowBytes
                    let end = starts[model.firstLists[regions[number + 1]]] * layout.rowBytes
                    try bucket.append(UnsafeRawBufferPointer(rebasing: bytes[own..<end]))
                }
            }
            let all = done.wrappingAdd(rows.count, ordering: .relaxed).newValue
            progress(.sorting, Double(all) / Double(source.count))
        }
        try IVFGenerationWriter.write(name, model: model, idBytes: idBytes, to: folder) {
            (writer) throws(VectorIndexError) in
            for (number, bucket) in buckets.enumerated() {
                let lists = model.firstLists[regions[number]]..<model.firstLists[regions[number + 1]]
                try bucket.consume(threads: settings.threads) { (bytes) throws(VectorIndexError) in
                    try append(bytes, lists: lists, layout: layout, to: writer)
                }
                progress(.writing, Double(number + 1) / Double(buckets.count))
            }
        }
    }

    /// Sorts a bucket's rows into its lists.
    private func append(
        _ bytes: UnsafeBufferPointer<UInt8>, lists: Range<Int>, layout: IVFRows.Layout, to writer: IVFGenerationWriter
    ) throws(VectorIndexError) {
        let count = bytes.count / layout.rowBytes
        guard let first = bytes.baseAddress, count > 0 else {
            try writer.append([], counts: lists.map { _ in 0 }, threads: settings.threads)
            return
        }
        let own = (0..<count).map { UInt32(layout.list(of: first + $0 * layout.rowBytes) - lists.lowerBound) }
        let (starts, order) = countingSort(own, values: lists.count)
        try writer.append(
            order.map { first + Int($0) * layout.rowBytes },
            counts: lists.indices.map { list in
                let n = list - lists.lowerBound
                return starts[n + 1] - starts[n]
            }, threads: settings.threads)
    }
}
