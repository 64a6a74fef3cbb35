/// Strings that attributes refer to.
struct HDF5GlobalHeap {
    let size: Int

    /// The sizes of the objects by their numbers.
    let objects: [Int: Int]
}

extension HDF5Check {
    /// The most bytes of an attribute's strings in global heaps, where many of them could be the same one.
    private static let textLimit = 1 << 24

    /// The most bytes of global heaps to be read for all attributes.
    private static let heapReadLimit = 1 << 30

    /// Checks an attribute: its name ends, its type is known, its values are all there.
    func attribute(_ message: HDF5Message) throws(WeightFileError.Reason) {
        let strings = try message.read { (reader) throws(WeightFileError.Reason) in try heapStrings(&reader) }
        var total = 0
        var last = 0
        for string in strings where string.length > 0 || string.heap > 0 {
            let heap = try globalHeap(at: string.heap)
            total += string.length
            heapReads += string.heap == last ? 0 : heap.size
            last = string.heap
            // libhdf5 copies the whole object into as much room as the attribute says.
            guard heap.objects[string.number] == string.length else {
                throw .malformed("an attribute's string of \(string.length) bytes is not in the heap")
            }
            guard total <= Self.textLimit, heapReads <= Self.heapReadLimit else {
                throw .unsupported("endless strings in attributes")
            }
        }
    }

    /// Where the attribute's strings are in global heaps.
    private func heapStrings(
        _ reader: inout ByteReader
    ) throws(WeightFileError.Reason) -> [(length: Int, heap: Int, number: Int)] {
        let version = try reader.byte()
        let flags = try reader.byte()
        guard (1...3).contains(version) else { throw .malformed("an attribute of version \(version)") }
        // Flags of version 2 and 3: the type or the dataspace is shared, that is, elsewhere.
        guard flags == 0 else { throw .unsupported("an attribute of a shared type") }
        let sizes = [
            Int(try reader.integer(UInt16.self)), Int(try reader.integer(UInt16.self)),
            Int(try reader.integer(UInt16.self)),
        ]
        if version == 3 { guard try reader.byte() <= 1 else { throw .malformed("an attribute's character set") } }
        var parts: [UnsafeRawBufferPointer] = []
        for size in sizes {
            let part = try reader.take(size)
            // Version 1 pads to multiples of eight bytes.
            if version == 1 { _ = try reader.skip(-size & 7) }
            parts.append(part)
        }
        guard parts[0].firstIndex(of: 0) == sizes[0] - 1 else { throw .malformed("an attribute's name") }
        var typeReader = try ByteReader(parts[1])
        let type = try HDF5Datatype(&typeReader)
        var spaceReader = try ByteReader(parts[2])
        let count = try HDF5Dataspace(&spaceReader).count
        guard count <= reader.remaining / type.size else {
            throw .malformed("an attribute of \(count) times \(type.size) bytes")
        }
        var strings: [(length: Int, heap: Int, number: Int)] = []
        for _ in 0..<(type.kind == .variableString ? count : 0) {
            let length = Int(try reader.integer(UInt32.self))
            strings.append((length, try reader.requiredAddress(), Int(try reader.integer(UInt32.self))))
        }
        return strings
    }

    /// Reads and checks the global heap at `address`, the first time.
    private func globalHeap(at address: Int) throws(WeightFileError.Reason) -> HDF5GlobalHeap {
        if let known = globalHeaps[address] { return known }
        let size = try read("a global heap", at: address, count: 16) { (reader) throws(WeightFileError.Reason) in
            // Version 1.
            try reader.expect("GCOL", [1, 0, 0, 0])
            let size = try reader.count(UInt64.self)
            guard size >= 4096 else { throw .malformed("\(size) bytes") }
            return size
        }
        let objects = try read("a global heap's objects", at: address + 16, count: size - 16) {
            (reader) throws(WeightFileError.Reason) in
            var objects: [Int: Int] = [:]
            // What is left when no other object fits in is unused.
            while reader.remaining >= 16 {
                let number = Int(try reader.integer(UInt16.self))
                _ = try reader.skip(6)
                let size = try reader.count(UInt64.self)
                if number == 0 {
                    // The unused rest, its header included.
                    guard size == reader.remaining + 16 else { throw .malformed("\(size) unused bytes") }
                    break
                }
                _ = try reader.skip(size)
                _ = try reader.skip(-size & 7)
                guard objects.updateValue(size, forKey: number) == nil else {
                    throw .malformed("two objects \(number)")
                }
            }
            return objects
        }
        let heap = HDF5GlobalHeap(size: size, objects: objects)
        globalHeaps[address] = heap
        return heap
    }
}
