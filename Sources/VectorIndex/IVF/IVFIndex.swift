import CVectorScan
import Foundation
import Synchronization

/// Lists of near vectors, of which few are looked at: for millions of vectors up to a billion.
///
/// A sign for each number (and two bytes) of every vector is in memory, in all `dimensions`/8 + 2 bytes; more exact
/// numbers are on disk, and read for the best candidates alone. Distances are those of the numbers on disk: with 4
/// bits, good to about 0.01 for faces; with 8, to about 0.001. How far to look is measured on the data when the index
/// is built (`effort`).
///
/// An index lives in a folder. `build` makes it from a source of any size; vectors added and deleted later are kept
/// apart until `compact`. All changes count once `save` (or `compact`) is done: a process killed at any moment leaves
/// the index as of the last commit.
public struct IVFIndex: VectorIndex {
    public static let kind = IndexKind.ivf

    public let dimensions: Int
    public let metric: VectorMetric
    /// How far searches look, unless they say otherwise; `nil` while there are few vectors: at all of them.
    public var effort: IVFEffort?
    /// Threads that search where there are several probes; `nil`: as many as there are cores.
    public var threads: Int?

    var settings: IVFSettings
    var model: IVFModel?
    var generation: IVFGeneration?
    var segments: [IVFSegment] = []
    var deleted = IVFDeletions()
    /// The ids in `segments`.
    var added = Set<Int64>()
    let home: Home
    let readers = ReaderPool()

    /// Where an index was opened, built or first saved, and which commit it is of; its copies share it.
    final class Home: Sendable {
        struct Place {
            var folder: URL
            var version: Int
        }

        let place: Mutex<Place?>

        init(_ place: Place? = nil) { self.place = Mutex(place) }
    }

    /// An index without vectors. It learns its lists from the first ones added; `build` does so from all of them.
    ///
    /// - Throws: `invalidSetting`.
    public init(dimensions: Int, settings: IVFSettings = IVFSettings()) throws(VectorIndexError) {
        try settings.check()
        guard dimensions > 0 else { throw VectorIndexError(.invalidSetting, "vectors have 1 number at least") }
        self.dimensions = dimensions
        self.settings = settings
        metric = settings.metric
        threads = settings.threads
        home = Home()
    }

    public var count: Int { (generation?.count ?? 0) - deleted.ids.count + added.count }

    /// Vectors that `compact` would bring into the lists or drop from them: worth it from a hundredth of all.
    public var pending: Int { added.count + deleted.ids.count }

    public mutating func add(_ vectors: VectorBatch, ids: [Int64]) throws(VectorIndexError) {
        let fresh = try vectors.newIDs(ids, besides: added)
        guard !ids.isEmpty else { return }
        try vectors.check(metric, dimensions: dimensions)
        if let generation {
            for (id, isThere) in zip(ids, try generation.holds(ids)) where isThere && !deleted.ids.contains(id) {
                throw VectorIndexError(.duplicateID, "id \(id) is there already")
            }
        }
        let model: IVFModel
        if let known = self.model {
            model = known
        } else {
            model = try IVFModel(
                sample: vectors, lists: Int(4 * Double(ids.count).squareRoot()), settings: settings,
                name: "model-\(UUID().uuidString)")
            self.model = model
        }
        segments.append(IVFSegment(vectors, ids: ids, model: model))
        added.formUnion(fresh)
        // Few segments, each much larger than the next: adding costs little, and searching looks at few.
        while segments.count > 1, segments[segments.count - 2].count < 4 * segments[segments.count - 1].count {
            let merged = IVFSegment(merging: Array(segments.suffix(2)), without: IDSet(), model: model)
            segments.replaceSubrange((segments.count - 2)..., with: [merged])
        }
    }

    @discardableResult
    public mutating func delete(_ ids: IDSet) throws(VectorIndexError) -> Int {
        var gone = 0
        if let generation, !ids.isEmpty {
            var deleted = deleted
            try generation.forEachID { slot, id in
                if ids.contains(id), deleted.insert(slot: slot, id: id) { gone += 1 }
            }
            if gone > 0 { self.deleted = deleted.renamed() }
        }
        guard let model else { return gone }
        let dropped = added.filter(ids.contains)
        guard !dropped.isEmpty else { return gone }
        segments = segments.compactMap { segment in
            guard segment.ids.contains(where: dropped.contains) else { return segment }
            let rest = IVFSegment(merging: [segment], without: ids, model: model)
            return rest.count > 0 ? rest : nil
        }
        added.subtract(dropped)
        return gone + dropped.count
    }
}

/// Vectors of the lists that are deleted.
struct IVFDeletions: Sendable {
    /// Names its file.
    private(set) var name: String?
    private(set) var ids: Set<Int64> = []
    /// A bit for each slot; empty while nothing is deleted.
    private(set) var slots: [UInt32] = []

    static let kind = "ivf deletions"

    /// Whether it was there.
    mutating func insert(slot: Int, id: Int64) -> Bool {
        let word = slot / 32
        if word >= slots.count { slots.append(contentsOf: repeatElement(0, count: word + 1 - slots.count)) }
        guard slots[word] >> UInt32(slot % 32) & 1 == 0 else { return false }
        slots[word] |= 1 << UInt32(slot % 32)
        ids.insert(id)
        return true
    }

    func contains(slot: Int) -> Bool { slot / 32 < slots.count && slots[slot / 32] >> UInt32(slot % 32) & 1 == 1 }

    /// The deleted ones among 32 slots.
    func word(_ block: Int) -> UInt32 { block < slots.count ? slots[block] : 0 }

    /// What differs has another name.
    func renamed() -> IVFDeletions {
        var copy = self
        copy.name = "deleted-\(UUID().uuidString)"
        return copy
    }

    init() {}

    init(opening name: String, in folder: URL) throws(VectorIndexError) {
        let file = try IndexFile(opening: folder.appending(path: name), kind: Self.kind)
        try file.verify()
        self.name = name
        ids = Set(try file.section("ids", of: Int64.self))
        slots = Array(try file.section("slots", of: UInt32.self))
        guard slots.reduce(0, { $0 + $1.nonzeroBitCount }) == ids.count else {
            throw file.damaged("has other deletions than it says")
        }
    }

    func write(to folder: URL) throws(VectorIndexError) {
        guard let name else { return }
        try IndexFile.write(to: folder.appending(path: name), kind: Self.kind) { (file) throws(VectorIndexError) in
            try file.section("ids", ids.sorted())
            try file.section("slots", slots)
        }
    }
}
