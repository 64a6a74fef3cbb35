/// An entry of a group's symbol table, or the superblock's for the root group: where an object's header is.
struct HDF5Link {
    let header: Int

    /// The group's symbol table as far as the entry repeats it.
    let table: HDF5SymbolTable?

    /// Where the name begins in the group's local heap.
    let nameOffset: Int

    /// The names that lead to it from the root group, for errors.
    var path: [String] = []

    /// How errors call the object.
    var description: String { path.isEmpty ? "the root group" : "'\(path.joined(separator: "/"))'" }

    init(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        nameOffset = try reader.count(UInt64.self)
        let header = try reader.address()
        let kind = try reader.integer(UInt32.self)
        _ = try reader.skip(4)
        switch kind {
        case 0:
            table = nil
            _ = try reader.skip(16)
        case 1:
            table = try HDF5SymbolTable(&reader)
        case 2:
            throw .unsupported("a link to another path")
        default:
            throw .malformed("a symbol of kind \(kind)")
        }
        guard let header else { throw .malformed("a symbol without an object") }
        self.header = header
    }
}

/// Where a group keeps its symbols: a B-tree, sorted by the names in a local heap.
struct HDF5SymbolTable: Equatable {
    let tree: Int
    let heap: Int

    init(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        tree = try reader.requiredAddress()
        heap = try reader.requiredAddress()
    }
}

extension HDF5Check {
    /// The most groups inside each other.
    private static let depthLimit = 16

    /// Checks the names and symbols of a group, the one at `path`, and puts its objects on the list.
    func group(_ table: HDF5SymbolTable, path: [String]) throws(WeightFileError.Reason) {
        guard path.count < Self.depthLimit else { throw .unsupported("more than \(Self.depthLimit) nested groups") }
        let names = try names(at: table.heap)
        var nodes: [(address: Int, level: Int?)] = [(table.tree, nil)]
        var leaves: [Int] = []
        while let next = nodes.popLast() {
            let node = try node(at: next.address, level: next.level, names: names)
            if node.level == 0 {
                leaves += node.children
            } else {
                nodes += node.children.map { ($0, node.level - 1) }
            }
        }
        for leaf in leaves { try self.leaf(at: leaf, names: names, path: path) }
    }

    /// The names in a local heap.
    private func names(at address: Int) throws(WeightFileError.Reason) -> HDF5Names {
        let (size, free, segment) = try read("a local heap", at: address, count: 32) {
            (reader) throws(WeightFileError.Reason) in
            // Version 0.
            try reader.expect("HEAP", [0, 0, 0, 0])
            return (try reader.count(UInt64.self), try reader.count(UInt64.self), try reader.requiredAddress())
        }
        return try read("a local heap's names", at: segment, count: size) { (reader) throws(WeightFileError.Reason) in
            try HDF5Names(&reader, free: free)
        }
    }

    /// Checks a node of a group's B-tree.
    private func node(
        at address: Int, level expected: Int?, names: HDF5Names
    ) throws(WeightFileError.Reason) -> (level: Int, children: [Int]) {
        // A header of 24 bytes, and the children between the keys, for which there is room whether they are there or
        // not.
        try read("a B-tree node", at: address, count: 24 + 8 * nodeRoom + 8 * (nodeRoom + 1)) {
            (reader) throws(WeightFileError.Reason) in
            // Node type 0: groups.
            try reader.expect("TREE", [0])
            let level = Int(try reader.byte())
            guard level == expected ?? level else { throw .malformed("level \(level)") }
            let count = Int(try reader.integer(UInt16.self))
            guard count <= nodeRoom else { throw .malformed("\(count) children") }
            for _ in 0..<2 { try inside(reader.address()) }
            try names.check(reader.count(UInt64.self))
            var children: [Int] = []
            for _ in 0..<count {
                children.append(try reader.requiredAddress())
                try names.check(reader.count(UInt64.self))
            }
            return (level, children)
        }
    }

    /// Checks a leaf of a group's B-tree, and puts its objects on the list.
    private func leaf(at address: Int, names: HDF5Names, path: [String]) throws(WeightFileError.Reason) {
        try read("a symbol node", at: address, count: 8 + 40 * leafRoom) { (reader) throws(WeightFileError.Reason) in
            // Version 1.
            try reader.expect("SNOD", [1, 0])
            let count = Int(try reader.integer(UInt16.self))
            guard count <= leafRoom else { throw .malformed("\(count) symbols") }
            for _ in 0..<count {
                var link = try HDF5Link(&reader)
                link.path = path + [try names.name(at: link.nameOffset)]
                try follow(link)
            }
        }
    }

    private func inside(_ address: Int?) throws(WeightFileError.Reason) {
        guard address ?? 0 < end else { throw .malformed("an address of \(address ?? 0), beyond the end") }
    }
}

/// The part of a local heap that holds names.
struct HDF5Names {
    /// The most bytes of a name.
    private static let nameLimit = 1024

    /// The most bytes of all names: libhdf5 may read them again for every object it looks for.
    private static let limit = 1 << 18

    private let bytes: [UInt8]

    /// Whatever begins here or before ends inside the heap.
    private let lastZero: Int

    /// Checks the heap's list of unused places, which starts at `free`.
    init(_ reader: inout ByteReader, free: Int) throws(WeightFileError.Reason) {
        guard reader.remaining <= Self.limit else { throw .unsupported("\(reader.remaining) bytes") }
        bytes = Array(reader.bytes)
        lastZero = bytes.lastIndex(of: 0) ?? -1
        var place = free
        var count = 0
        // 1 ends the list.
        while place != 1 {
            count += 1
            var entry = try ByteReader(reader.bytes, at: place)
            let next = try entry.count(UInt64.self)
            let length = try entry.count(UInt64.self)
            guard length >= 16, length <= bytes.count - place, count <= bytes.count / 16 else {
                throw .malformed("unused place of \(length) bytes at byte \(place) of it")
            }
            place = next
        }
    }

    /// Checks that a name begins at `offset`, and ends.
    func check(_ offset: Int) throws(WeightFileError.Reason) {
        guard offset <= lastZero else { throw .malformed("a name at byte \(offset) of a heap of \(bytes.count)") }
    }

    /// The name that begins at `offset`.
    func name(at offset: Int) throws(WeightFileError.Reason) -> String {
        try check(offset)
        let rest = bytes[offset...].prefix(Self.nameLimit)
        guard let end = rest.firstIndex(of: 0) else { throw .unsupported("a name of \(Self.nameLimit) bytes") }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}

extension ByteReader {
    /// Skips `signature` and `rest`, with which a structure of a known version begins.
    mutating func expect(_ signature: StaticString, _ rest: [UInt8]) throws(WeightFileError.Reason) {
        let found = try take(signature.utf8CodeUnitCount)
        let same = signature.withUTF8Buffer { found.elementsEqual($0) }
        guard same, try take(rest.count).elementsEqual(rest) else {
            throw .malformed("it does not begin as one")
        }
    }
}
