import CVectorScan
import Foundation
import Synchronization

/// Writes the files of an `IVFGeneration`, list after list.
final class IVFGenerationWriter {
    private let model: IVFModel
    private let coding: ivf_coding
    private let files: [IndexFileWriter]
    private var counts: [UInt32] = []
    private var idBound: Int64 = 0
    private let blockBytes: Int
    private let recordBytes: Int

    /// Bytes that stand for a row of `IVFRows`, without its list.
    private init(model: IVFModel, idBytes: Int, files: [IndexFileWriter]) {
        self.model = model
        self.files = files
        var coding = model.coding(idBytes: idBytes)
        blockBytes = ivf_block_bytes(model.width)
        recordBytes = ivf_record_bytes(&coding)
        self.coding = coding
    }

    /// Writes the files; `body` appends all lists.
    ///
    /// - Throws: `unwritable`, and what `body` throws.
    static func write(
        _ name: String, model: IVFModel, idBytes: Int, to folder: URL,
        _ body: (IVFGenerationWriter) throws(VectorIndexError) -> Void
    ) throws(VectorIndexError) {
        func open(
            _ parts: ArraySlice<String>, _ files: [IndexFileWriter]
        ) throws(VectorIndexError) -> IVFGenerationWriter {
            guard let part = parts.first else {
                let writer = IVFGenerationWriter(model: model, idBytes: idBytes, files: files)
                try body(writer)
                return writer
            }
            var writer: IVFGenerationWriter?
            let url = folder.appending(path: "\(name).\(part)")
            try IndexFile.write(to: url, kind: "ivf \(part)") { (file) throws(VectorIndexError) in
                try file.begin(part)
                writer = try open(parts.dropFirst(), files + [file])
            }
            return writer!
        }
        let writer = try open(IVFGeneration.parts[...], [])
        precondition(writer.counts.count == model.lists, "every list is written")
        let head = IVFGeneration.Head(
            model: model.settings.name, count: writer.counts.reduce(0) { $0 + Int($1) }, idBytes: idBytes,
            idBound: writer.idBound)
        try IndexFile.write(to: folder.appending(path: name), kind: "ivf lists") { (file) throws(VectorIndexError) in
            try file.section("head", json: head)
            try file.section("counts", writer.counts)
        }
    }

    /// Appends the next lists.
    ///
    /// - Parameters:
    ///   - rows: where each row is, list after list (`ivf_coding` of the writer's id length).
    ///   - counts: rows of each list.
    func append(
        _ rows: [UnsafePointer<UInt8>], counts: [Int], threads: Int?
    ) throws(VectorIndexError) {
        let firstRows = Self.sums(counts)
        let firstBlocks = Self.sums(counts.map { ($0 + 31) / 32 })
        let slots = firstBlocks.last! * 32
        let idBytes = Int(coding.id_bytes)
        let sizes = [firstBlocks.last! * blockBytes, slots * recordBytes, slots * idBytes]
        let outputs = sizes.map { UnsafeMutableRawBufferPointer.allocate(byteCount: $0, alignment: 64) }
        defer { for output in outputs { output.deallocate() } }
        nonisolated(unsafe) let starts = outputs.map { $0.baseAddress!.assumingMemoryBound(to: UInt8.self) }
        nonisolated(unsafe) let rows = rows
        let piece = max(1, counts.count / 64)
        let (blockBytes, recordBytes, coding) = (blockBytes, recordBytes, coding)
        let layout = IVFRows.Layout(coding)
        let idBound = Mutex(self.idBound)
        try Parallel.tryRun((counts.count + piece - 1) / piece, threads: threads) { part in
            var coding = coding
            var bound: Int64 = 0
            for list in part * piece..<min(counts.count, (part + 1) * piece) where counts[list] > 0 {
                let own = rows[firstRows[list]..<firstRows[list + 1]]
                for row in own { bound = max(bound, layout.id(of: row) + 1) }
                var pointers = own.map { Optional($0) }
                ivf_split_rows(
                    &coding, &pointers, counts[list], starts[0] + firstBlocks[list] * blockBytes,
                    starts[1] + firstBlocks[list] * 32 * recordBytes, starts[2] + firstBlocks[list] * 32 * idBytes)
            }
            idBound.withLock { $0 = max($0, bound) }
        }
        self.idBound = idBound.withLock { $0 }
        nonisolated(unsafe) let (parts, written) = (outputs, files)
        try Parallel.tryRun(parts.count, threads: threads) { (part) throws(VectorIndexError) in
            try written[part].append(UnsafeRawBufferPointer(parts[part]))
        }
        self.counts += counts.map(UInt32.init)
    }

    /// 0, and the sum up to each.
    private static func sums(_ counts: [Int]) -> [Int] {
        counts.reduce(into: [0]) { $0.append($0.last! + $1) }
    }
}
