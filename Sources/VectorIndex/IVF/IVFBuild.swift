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

    /// Rows read at a time: what they become on their way stays in the processor's cache.
    private static let piece = 4096

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
        let stretches = max(1, count / 256)
        var starts: [Int] = []
        for n in 0..<stretches { starts.append(n * (source.count / stretches)) }
        // Neighbouring rows are often alike: no order must be left among them.
        var random = SplitMix(state: 7)
        starts.shuffle(using: &random)
        var values: [Float] = []
        values.reserveCapacity(count * source.dimensions)
        for start in starts { values += try read(start..<min(start + 256, source.count)).vectors.values }
        return VectorBatch(dimensions: source.dimensions, values: values)
    }

    /// Some rows, checked.
    private func read(_ rows: Range<Int>) throws(VectorIndexError) -> (vectors: VectorBatch, ids: [Int64]) {
        let (vectors, ids) = try source.read(rows: rows)
        guard vectors.count == rows.count, ids.count == rows.count else {
            throw VectorIndexError(.wrongShape, "the source gave other rows than \(rows)")
        }
        try vectors.check(settings.metric, dimensions: source.dimensions)
        for id in ids where id < 0 || id >= source.idBound {
            throw VectorIndexError(.invalidSetting, "id \(id) is not within 0 ..< \(source.idBound)")
        }
        return (vectors, ids)
    }

    /// Writes the files of a generation.
    func write(_ name: String, model: IVFModel) throws(VectorIndexError) {
        let idBytes = source.idBound <= Int64(UInt32.max) ? 4 : 8
        let layout = IVFRows.Layout(model.coding(idBytes: idBytes))
        // A bucket is in memory whole, and once more as lists.
        let bytes = source.count * layout.rowBytes
        let buckets = min(model.settings.tops, max(1, bytes / (settings.memory / 4) + 1))
        // Regions have vectors in proportion to their lists.
        let regions = (0...buckets).map { bucket in
            model.firstLists.firstIndex { $0 * buckets >= bucket * model.lists } ?? model.settings.tops
        }
        var made: [BucketFile] = []
        for bucket in 0..<buckets { made.append(try BucketFile(folder.appending(path: "\(name).bucket-\(bucket)"))) }
        let files = made
        let done = Atomic(0)
        let seen = Mutex(IDSet())
        let dense = source.idBound <= 64 * Int64(source.count) + 1 << 20
        let pieces = (source.count + Self.piece - 1) / Self.piece
        try Parallel.tryRun(pieces, threads: settings.threads) { (part) throws(VectorIndexError) in
            let rows = part * Self.piece..<min(source.count, (part + 1) * Self.piece)
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
                for (bucket, file) in files.enumerated() {
                    let own = starts[model.firstLists[regions[bucket]]] * layout.rowBytes
                    let end = starts[model.firstLists[regions[bucket + 1]]] * layout.rowBytes
                    try file.append(UnsafeRawBufferPointer(rebasing: bytes[own..<end]))
                }
            }
            let all = done.wrappingAdd(rows.count, ordering: .relaxed).newValue
            progress(.sorting, Double(all) / Double(source.count))
        }
        try IVFGenerationWriter.write(name, model: model, idBytes: idBytes, to: folder) {
            (writer) throws(VectorIndexError) in
            for (bucket, file) in files.enumerated() {
                let lists = model.firstLists[regions[bucket]]..<model.firstLists[regions[bucket + 1]]
                try file.consume { (bytes) throws(VectorIndexError) in
                    try append(bytes, lists: lists, layout: layout, to: writer)
                }
                progress(.writing, Double(bucket + 1) / Double(buckets))
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

/// A file rows are collected in, gone once they are taken out.
private final class BucketFile: Sendable {
    private let url: URL
    private let descriptor: Mutex<Int32>

    init(_ url: URL) throws(VectorIndexError) {
        let opened = open(url.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw VectorIndexError(
                .unwritable, "cannot be written: \(String(cString: strerror(errno)))", file: url.path)
        }
        self.url = url
        descriptor = Mutex(opened)
    }

    deinit {
        unlink(url.path)
        descriptor.withLock { _ = close($0) }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(VectorIndexError) {
        let error = descriptor.withLock { descriptor -> Int32 in
            var done = 0
            while done < bytes.count {
                let written = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return errno }
                done += written
            }
            return 0
        }
        guard error == 0 else {
            throw VectorIndexError(
                .unwritable, "cannot be written: \(String(cString: strerror(error)))", file: url.path)
        }
    }

    /// Gives all bytes to `body`; the file is removed before that.
    func consume(_ body: (UnsafeBufferPointer<UInt8>) throws(VectorIndexError) -> Void) throws(VectorIndexError) {
        let descriptor = descriptor.withLock { $0 }
        var status = stat()
        fstat(descriptor, &status)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(status.st_size), alignment: 64)
        defer { bytes.deallocate() }
        var done = 0
        while done < bytes.count {
            let got = pread(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                throw VectorIndexError(.unreadable, "a temporary file cannot be read back", file: url.path)
            }
            done += got
        }
        // Its room on the disk is wanted for the lists.
        unlink(url.path)
        ftruncate(descriptor, 0)
        try body(UnsafeRawBufferPointer(bytes).bindMemory(to: UInt8.self))
    }
}
