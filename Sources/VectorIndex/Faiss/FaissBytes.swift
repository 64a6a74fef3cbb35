/// Checks what `faiss.write_index` wrote before faiss reads it: faiss trusts every number in it.
///
/// Of faiss' many kinds these are known, for squared euclidean distance: plain vectors (`IndexFlatL2`), a graph of
/// neighbours over them (`IndexHNSWFlat`), and either with ids (`IndexIDMap`). Numbers are little-endian. A kind begins
/// with four letters and
///
///     dimensions (4 bytes), vectors (8), two unused (8 each), is trained (1), metric (4)
struct FaissBytes {
    let dimensions: Int
    let count: Int
    /// Bytes that belong to the index; others may follow.
    let length: Int

    /// - Throws: `damaged`, when faiss had better not read them.
    init(checking bytes: UnsafeRawBufferPointer) throws(VectorIndexError) {
        var reader = Reader(bytes: bytes)
        (dimensions, count) = try reader.index(mayHaveIDs: true)
        length = reader.offset
    }
}

/// Reads on from `offset`.
private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var offset = 0

    static func damaged(_ what: String) -> VectorIndexError {
        VectorIndexError(.damaged, "is no faiss index that can be read: \(what)")
    }

    mutating func number<T: FixedWidthInteger>(_ type: T.Type) throws(VectorIndexError) -> T {
        guard bytes.count - offset >= MemoryLayout<T>.size else { throw Self.damaged("it is cut short") }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Values with their number before them, as many as `expected` when that is given.
    mutating func values<T: BitwiseCopyable>(
        _ type: T.Type, count expected: Int? = nil
    ) throws(VectorIndexError) -> Values<T> {
        let count = try number(UInt64.self)
        guard count <= UInt64((bytes.count - offset) / MemoryLayout<T>.size) else {
            throw Self.damaged("it is cut short")
        }
        guard Int(count) == expected ?? Int(count) else { throw Self.damaged("its parts do not fit together") }
        defer { offset += Int(count) * MemoryLayout<T>.size }
        return Values(
            count: Int(count),
            bytes: .init(rebasing: bytes[offset..<offset + Int(count) * MemoryLayout<T>.size]))
    }

    mutating func index(mayHaveIDs: Bool) throws(VectorIndexError) -> (dimensions: Int, count: Int) {
        let kind = try number(UInt32.self)
        let dimensions = Int(try number(Int32.self))
        let total = try number(Int64.self)
        _ = try (number(Int64.self), number(Int64.self))
        let (trained, metric) = try (number(UInt8.self), number(Int32.self))
        // Places in a graph are 32-bit numbers.
        guard (1...65536).contains(dimensions), (0...Int64(Int32.max)).contains(total), trained == 1 else {
            throw Self.damaged("its numbers make no sense")
        }
        guard metric == 1 else { throw Self.damaged("it compares by another metric than L2") }
        let count = Int(total)
        switch kind {
        case Self.letters("IxMp") where mayHaveIDs:
            guard try index(mayHaveIDs: false) == (dimensions, count) else {
                throw Self.damaged("its parts do not fit together")
            }
            let ids = try values(Int64.self, count: count)
            guard (0..<count).allSatisfy({ ids[$0] >= 0 }) else { throw Self.damaged("it has negative ids") }
            guard Set((0..<count).map { ids[$0] }).count == count else { throw Self.damaged("an id comes twice") }
        case Self.letters("IHNf"):
            try graph(count: count)
            guard try number(UInt32.self) == Self.letters("IxF2") else { throw Self.damaged("its graph is of codes") }
            offset -= 4
            guard try index(mayHaveIDs: false) == (dimensions, count) else {
                throw Self.damaged("its parts do not fit together")
            }
        case Self.letters("IxF2"):
            let vectors = try values(Float.self, count: dimensions * count)
            guard (0..<vectors.count).allSatisfy({ vectors[$0].isFinite }) else {
                throw Self.damaged("it has values that are not finite")
            }
        default:
            throw Self.damaged("it is of another kind than IndexFlatL2, IndexHNSWFlat, and IndexIDMap of these")
        }
        return (dimensions, count)
    }

    /// Levels, and the neighbours of each vector on each of its levels: places, or -1.
    mutating func graph(count: Int) throws(VectorIndexError) {
        func check(_ fits: Bool) throws(VectorIndexError) {
            if !fits { throw Self.damaged("its graph is not whole") }
        }
        let chances = try values(Double.self)
        try check((1...64).contains(chances.count))
        try check((0..<chances.count).allSatisfy { (0...1).contains(chances[$0]) })
        // Neighbours on all levels below the one.
        let below = try values(Int32.self, count: chances.count + 1)
        try check(below[0] == 0 && below[1] > 0 && below[below.count - 1] <= 1 << 16)
        try check((1..<below.count).allSatisfy { below[$0] > below[$0 - 1] })
        let levels = try values(Int32.self, count: count)
        let offsets = try values(UInt64.self, count: count + 1)
        let neighbors = try values(Int32.self)
        let entry = Int(try number(Int32.self))
        let top = try number(Int32.self)
        let (construction, effort, beam) = try (number(Int32.self), number(Int32.self), number(Int32.self))
        try check((1...1 << 16).contains(construction) && (1...1 << 16).contains(effort) && beam == 1)
        try check(offsets[0] == 0 && offsets[count] == UInt64(neighbors.count))
        try check(count == 0 ? entry == -1 && top == -1 : (0..<count).contains(entry))
        if count > 0 { try check(top >= 0 && levels[entry] == top + 1) }
        for place in 0..<count {
            let level = Int(levels[place])
            try check(level >= 1 && level < below.count && level <= Int(top) + 1)
            let (start, end) = (offsets[place], offsets[place + 1])
            try check(start <= end && end <= UInt64(neighbors.count) && end - start == UInt64(below[level]))
            for height in 0..<level {
                for slot in Int(start) + Int(below[height])..<Int(start) + Int(below[height + 1]) {
                    let neighbor = Int(neighbors[slot])
                    try check(neighbor == -1 || (0..<count).contains(neighbor) && levels[neighbor] > height)
                }
            }
        }
    }

    static func letters(_ text: StaticString) -> UInt32 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    }
}

/// Values of a part of the bytes, which need not lie where memory likes them.
private struct Values<T: BitwiseCopyable> {
    let count: Int
    let bytes: UnsafeRawBufferPointer

    subscript(number: Int) -> T {
        precondition(number >= 0 && number < count)
        return bytes.loadUnaligned(fromByteOffset: number * MemoryLayout<T>.stride, as: T.self)
    }
}
