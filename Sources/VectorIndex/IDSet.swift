/// A set of ids from 0 up, a bit each: which vectors a search may find, or which to delete.
public struct IDSet: Sendable, Equatable {
    /// Bit `id % 64` of word `id / 64`.
    public private(set) var words: [UInt64] = []

    public init() {}

    public init(_ ids: some Sequence<Int64>) {
        for id in ids { insert(id) }
    }

    /// - Precondition: `id` is not negative.
    public mutating func insert(_ id: Int64) {
        precondition(id >= 0, "ids start at 0")
        let word = Int(id >> 6)
        if word >= words.count {
            words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
        }
        words[word] |= 1 << UInt64(id & 63)
    }

    public mutating func remove(_ id: Int64) {
        guard contains(id) else { return }
        words[Int(id >> 6)] &= ~(1 << UInt64(id & 63))
    }

    public func contains(_ id: Int64) -> Bool {
        guard id >= 0 else { return false }
        let word = Int(id >> 6)
        return word < words.count && words[word] >> UInt64(id & 63) & 1 == 1
    }

    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    public mutating func formUnion(_ other: IDSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for (index, word) in other.words.enumerated() { words[index] |= word }
    }

    /// Equal when they hold the same ids, however long their words are.
    public static func == (one: IDSet, other: IDSet) -> Bool {
        let shorter = min(one.words.count, other.words.count)
        return one.words[..<shorter] == other.words[..<shorter]
            && one.words[shorter...].allSatisfy { $0 == 0 } && other.words[shorter...].allSatisfy { $0 == 0 }
    }
}
