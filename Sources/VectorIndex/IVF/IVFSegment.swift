import CVectorScan
import Foundation

/// Vectors added since the lists were written, as rows in memory in order of their lists.
final class IVFSegment: Sendable {
    /// Names the segment's file.
    let name: String
    let bytes: [UInt8]
    /// Each row's list, ascending.
    let lists: [UInt32]
    let ids: [Int64]

    static let kind = "ivf segment"
    static let idBytes = 8

    private init(name: String, bytes: [UInt8], model: IVFModel) {
        let layout = IVFRows.Layout(model.coding(idBytes: Self.idBytes))
        let count = bytes.count / layout.rowBytes
        self.name = name
        self.bytes = bytes
        (lists, ids) = bytes.withUnsafeBufferPointer { bytes in
            let rows = (0..<count).map { bytes.baseAddress! + $0 * layout.rowBytes }
            return (rows.map { UInt32(layout.list(of: $0)) }, rows.map { layout.id(of: $0) })
        }
    }

    convenience init(_ vectors: VectorBatch, ids: [Int64], model: IVFModel) {
        let rows = vectors.values.withUnsafeBufferPointer { model.rows($0, ids: ids, idBytes: Self.idBytes) }
        self.init(name: Self.newName(), bytes: rows.bytes, model: model)
    }

    /// Several segments' rows in one, less those with ids in `dropped`.
    convenience init(merging segments: [IVFSegment], without dropped: IDSet, model: IVFModel) {
        let rowBytes = IVFRows.Layout(model.coding(idBytes: Self.idBytes)).rowBytes
        var rows: [(list: UInt32, segment: Int, row: Int)] = []
        for (number, segment) in segments.enumerated() {
            for row in segment.ids.indices where !dropped.contains(segment.ids[row]) {
                rows.append((segment.lists[row], number, row))
            }
        }
        rows.sort { ($0.list, $0.segment, $0.row) < ($1.list, $1.segment, $1.row) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * rowBytes)
        for row in rows {
            bytes.append(contentsOf: segments[row.segment].bytes[row.row * rowBytes..<(row.row + 1) * rowBytes])
        }
        self.init(name: Self.newName(), bytes: bytes, model: model)
    }

    private static func newName() -> String { "added-" + UUID().uuidString }

    var count: Int { ids.count }

    /// The rows of a list.
    func rows(of list: UInt32) -> Range<Int> {
        var (low, high) = (0, lists.count)
        while low < high {
            let middle = (low + high) / 2
            if lists[middle] < list { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < lists.count, lists[end] == list { end += 1 }
        return low..<end
    }

    func write(to folder: URL, model: IVFModel) throws(VectorIndexError) {
        try IndexFile.write(to: folder.appending(path: name), kind: Self.kind) { (file) throws(VectorIndexError) in
            try file.section("model", json: model.settings)
            try file.section("rows", bytes)
        }
    }

    /// Opens what `write` wrote; all of it is checked.
    ///
    /// - Throws: `unreadable`, `damaged`.
    convenience init(opening name: String, model: IVFModel, in folder: URL) throws(VectorIndexError) {
        let file = try IndexFile(opening: folder.appending(path: name), kind: Self.kind)
        try file.verify()
        let bytes = try file.section("rows", of: UInt8.self)
        let layout = IVFRows.Layout(model.coding(idBytes: Self.idBytes))
        guard try file.value("model", as: IVFModel.Settings.self) == model.settings,
            bytes.count % layout.rowBytes == 0
        else { throw file.damaged("is not of this index") }
        self.init(name: name, bytes: Array(bytes), model: model)
        guard zip(lists, lists.dropFirst()).allSatisfy({ $0 <= $1 }), lists.last ?? 0 < model.lists else {
            throw file.damaged("has rows that are not in order")
        }
    }
}
