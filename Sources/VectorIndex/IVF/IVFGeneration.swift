import CVectorScan
import Foundation
import Synchronization

/// The lists as the last build or compaction wrote them; deletions and later vectors are kept apart.
///
/// A vector's place in them is its slot: lists begin at multiples of 32, and slots count on through all of them. Three
/// files go with the table of lists: codes (read into memory whole), stored vectors, and ids. The latter two are read
/// in pieces, unless they are small enough to be in memory too.
final class IVFGeneration: @unchecked Sendable {
    // Safe: nothing changes once it is made; the memory its pointers point to is its own.
    let name: String
    let coding: ivf_coding
    /// Slots / 32 before each list, and in all.
    let firstBlocks: [UInt32]
    /// Vectors of each list.
    let counts: [UInt32]
    /// Vectors in all.
    let count: Int
    let idBound: Int64
    let blocks: LoadedSection
    let records: StoredSection
    let ids: StoredSection
    /// Which ids are there, once somebody asked.
    private let members = Mutex<IDSet?>(nil)

    /// What is kept as JSON.
    struct Head: Codable {
        var model: String
        var count: Int
        var idBytes: Int
        var idBound: Int64
    }

    static let parts = ["codes", "vectors", "ids"]

    /// Files of at most so many bytes are kept in memory.
    static let smallFile = 256 << 20

    /// Opens what `IVFGenerationWriter` wrote: head, lists and codes are checked.
    ///
    /// - Throws: `unreadable`, `damaged`.
    init(opening name: String, model: IVFModel, in folder: URL) throws(VectorIndexError) {
        self.name = name
        let file = try IndexFile(opening: folder.appending(path: name), kind: "ivf lists")
        try file.verify()
        let head = try file.value("head", as: Head.self)
        counts = Array(try file.section("counts", of: UInt32.self, count: model.lists))
        guard head.model == model.settings.name, head.idBytes == 4 || head.idBytes == 8,
            head.count == counts.reduce(0, { $0 + Int($1) }), head.idBound >= 0
        else { throw file.damaged("has lists that cannot be") }
        (count, idBound) = (head.count, head.idBound)
        coding = model.coding(idBytes: head.idBytes)
        var block: UInt32 = 0
        var firstBlocks: [UInt32] = [0]
        for count in counts {
            block += (count + 31) / 32
            firstBlocks.append(block)
        }
        self.firstBlocks = firstBlocks
        let slots = Int(block) * 32
        var coding = coding
        blocks = try LoadedSection(
            "codes", of: folder.appending(path: name + ".codes"), length: Int(block) * ivf_block_bytes(model.width))
        records = try StoredSection(
            "vectors", of: folder.appending(path: name + ".vectors"), length: slots * ivf_record_bytes(&coding),
            inMemory: Self.smallFile)
        ids = try StoredSection(
            "ids", of: folder.appending(path: name + ".ids"), length: slots * head.idBytes, inMemory: Self.smallFile)
    }

    var slots: Int { Int(firstBlocks.last!) * 32 }

    func slots(of list: Int) -> Range<Int> {
        let first = Int(firstBlocks[list]) * 32
        return first..<first + Int(counts[list])
    }

    /// Checks all files against their checksums: reads them whole.
    static func verify(_ name: String, in folder: URL) throws(VectorIndexError) {
        for part in Self.parts {
            try IndexFile(opening: folder.appending(path: "\(name).\(part)"), kind: "ivf \(part)").verify()
        }
    }

    /// An id from the bytes of one.
    func id(at bytes: UnsafeRawPointer) -> Int64 {
        coding.id_bytes == 4
            ? Int64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            : Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    }

    /// Calls `body` with each vector's slot and id, list after list.
    func forEachID(_ body: (Int, Int64) -> Void) throws(VectorIndexError) {
        let idBytes = Int(coding.id_bytes)
        var list = 0
        while list < counts.count {
            var end = list + 1
            while end < counts.count, firstBlocks[end + 1] - firstBlocks[list] <= 1 << 15 { end += 1 }
            let first = Int(firstBlocks[list]) * 32
            try ids.withBytes(first * idBytes..<Int(firstBlocks[end]) * 32 * idBytes) { bytes in
                for list in list..<end {
                    for slot in slots(of: list) { body(slot, id(at: bytes.baseAddress! + (slot - first) * idBytes)) }
                }
            }
            list = end
        }
    }

    /// Whether vectors with these ids are there.
    func holds(_ wanted: [Int64]) throws(VectorIndexError) -> [Bool] {
        // A bit for each id where ids are dense; else they are looked through every time.
        guard idBound <= 64 * Int64(count) + 1 << 20 else {
            let set = Set(wanted)
            var found: Set<Int64> = []
            try forEachID { _, id in if set.contains(id) { found.insert(id) } }
            return wanted.map(found.contains)
        }
        if let members = members.withLock({ $0 }) { return wanted.map(members.contains) }
        var all = IDSet()
        try forEachID { _, id in all.insert(id) }
        members.withLock { $0 = all }
        return wanted.map(all.contains)
    }
}
