/// The ids of rows, and which rows were deleted.
struct IDTable: Sendable {
    private(set) var ids: SplitArray<Int64>
    private(set) var deletedCount = 0
    /// Bit `row % 64` of word `row / 64`; empty while none is deleted.
    private var deleted: [UInt64] = []
    /// Whether ids grow from row to row, so that one can be looked up by halving.
    private(set) var isAscending: Bool
    /// Ids that are there; made when they cannot be looked up by halving.
    private var present: Set<Int64>?

    init() { (ids, isAscending) = (SplitArray(), true) }

    init(_ ids: MappedArray<Int64>, isAscending: Bool) {
        (self.ids, self.isAscending) = (SplitArray(ids), isAscending)
    }

    init(_ ids: [Int64], isAscending: Bool) {
        self.init()
        self.ids.append(contentsOf: ids)
        self.isAscending = isAscending
    }

    var rowCount: Int { ids.count }
    var count: Int { ids.count - deletedCount }

    func isDeleted(_ row: Int) -> Bool {
        deletedCount > 0 && row >> 6 < deleted.count && deleted[row >> 6] >> UInt64(row & 63) & 1 == 1
    }

    /// Makes room for so many rows in all.
    mutating func reserveCapacity(_ count: Int) { ids.reserveCapacity(count) }

    /// - Throws: `duplicateID` for an id that is there, comes twice or is negative; nothing is added then.
    mutating func append(_ new: [Int64]) throws(VectorIndexError) {
        var last = ids.count > 0 ? ids[ids.count - 1] : -1
        let grows = new.allSatisfy { id in
            defer { last = id }
            return id > last
        }
        if let negative = new.first(where: { $0 < 0 }) {
            throw VectorIndexError(.duplicateID, "id \(negative) is negative")
        }
        if !(isAscending && grows) {
            var known = present ?? []
            if present == nil { for row in 0..<ids.count where !isDeleted(row) { known.insert(ids[row]) } }
            for id in new where !known.insert(id).inserted {
                throw VectorIndexError(.duplicateID, "id \(id) is there already, or comes twice")
            }
            present = known
            isAscending = false
        }
        ids.append(contentsOf: new)
    }

    /// - Returns: how many were there.
    mutating func delete(_ which: IDSet) -> Int {
        let before = deletedCount
        for row in 0..<ids.count where which.contains(ids[row]) && !isDeleted(row) {
            if deleted.isEmpty { deleted = [UInt64](repeating: 0, count: (ids.count + 63) / 64) }
            if row >> 6 >= deleted.count {
                deleted.append(contentsOf: repeatElement(0, count: (ids.count + 63) / 64 - deleted.count))
            }
            deleted[row >> 6] |= 1 << UInt64(row & 63)
            deletedCount += 1
            present?.remove(ids[row])
        }
        return deletedCount - before
    }

    /// Rows that are there, as long stretches.
    func stretches() -> [Range<Int>] {
        guard deletedCount > 0 else { return ids.count > 0 ? [0..<ids.count] : [] }
        var (result, start): ([Range<Int>], Int?) = ([], nil)
        for row in 0...ids.count {
            let isThere = row < ids.count && !isDeleted(row)
            if isThere, start == nil { start = row }
            if !isThere, let first = start {
                result.append(first..<row)
                start = nil
            }
        }
        return result
    }
}
