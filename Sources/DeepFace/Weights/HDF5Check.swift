import Foundation

/// The check an HDF5 file must pass before libhdf5 is given it.
///
/// libhdf5 1.10 believes what a file says: damaged ones make it read beyond its buffers, allocate terabytes, or loop
/// for ever. So all it can reach from the root group is walked here first. Whatever passes has
///
/// - only structures that Keras' files consist of: version 0 of the superblock, version 1 of object headers, groups
/// with
///   symbol tables, datasets of numbers stored in one piece, attributes of numbers and strings;
/// - every address and size inside the file, every dataset exactly as large as its shape says;
/// - no two structures that share a byte, so neither cycles nor objects with two names;
/// - nothing outside the file: no soft or external links, no external or virtual storage, no filters.
///
/// Source: the HDF5 File Format Specification, version 3.0.
final class HDF5Check {
    /// An error's name for the format.
    static let format = "a Keras weights file in HDF5"

    /// Limits far above what Keras writes: the bytes of one structure (each is read whole), those of all of them, and
    /// the number of groups and datasets.
    private static let structureLimit = 1 << 24
    private static let totalLimit = 1 << 26
    private static let objectLimit = 100_000

    let file: OpenFile

    /// Where the file's content ends, by its own word; never beyond its size.
    private(set) var end = 0

    /// How many symbols a leaf, and children a node of a group's B-tree has room for.
    private(set) var leafRoom = 0
    private(set) var nodeRoom = 0

    /// The global heaps met so far, by their addresses.
    var globalHeaps: [Int: HDF5GlobalHeap] = [:]

    /// How many bytes of global heaps libhdf5 could read for all attributes, were it to forget each at once.
    var heapReads = 0

    /// Objects that are still to be checked.
    private var pending: [HDF5Link] = []

    private var objects = 0

    private var claims: [(range: Range<Int>, name: String)] = []
    private var starts: Set<Int> = []
    private var total = 0

    private init(_ file: OpenFile) {
        self.file = file
    }

    /// Checks all of `file`.
    static func run(on file: OpenFile) throws(WeightFileError.Reason) {
        let check = HDF5Check(file)
        try check.superblock()
        while let link = check.pending.popLast() { try check.object(link) }
        try check.noOverlaps()
    }

    /// Puts an object on the list of those to check.
    func follow(_ link: HDF5Link) throws(WeightFileError.Reason) {
        objects += 1
        guard objects <= Self.objectLimit else { throw .unsupported("more than \(Self.objectLimit) objects") }
        pending.append(link)
    }

    /// Reads the structure `name` of `count` bytes at `address`, each byte of which may belong to one structure only.
    func read<Result>(
        _ name: String, at address: Int, count: Int,
        _ body: (inout ByteReader) throws(WeightFileError.Reason) -> Result
    ) throws(WeightFileError.Reason) -> Result {
        // libhdf5 keeps structures by address, where an empty one would take another's place.
        guard count > 0 else { throw .malformed("\(name) of no bytes at byte \(address)") }
        try claim(name, at: address, count: count)
        total += count
        guard count <= Self.structureLimit, total <= Self.totalLimit else {
            throw .unsupported("\(name) of \(count) bytes at byte \(address)")
        }
        return try WeightFileError.Reason.inside("\(name) at byte \(address)") { () throws(WeightFileError.Reason) in
            let data = try bytes(at: address, count: count)
            return try data.withBytes { (bytes) throws(WeightFileError.Reason) in
                var reader = try ByteReader(bytes)
                return try body(&reader)
            }
        }
    }

    /// Notes that `name` has the `count` bytes at `address`.
    func claim(_ name: String, at address: Int, count: Int) throws(WeightFileError.Reason) {
        guard count >= 0, address >= 0, address <= end, count <= end - address else {
            throw .malformed("\(name) of \(count) bytes at byte \(address), and the content ends at byte \(end)")
        }
        if count == 0 { return }
        guard starts.insert(address).inserted else { throw .malformed("\(name) at byte \(address) is met twice") }
        claims.append((address..<(address + count), name))
    }

    private func bytes(at address: Int, count: Int) throws(WeightFileError.Reason) -> Data {
        do throws(RegularFile.Problem) {
            return try file.bytes(at: address, count: count)
        } catch {
            throw .unreadable(error.description)
        }
    }

    private func superblock() throws(WeightFileError.Reason) {
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
        guard try bytes(at: 0, count: 8).elementsEqual(signature) else {
            throw .notRecognized(expectedFormat: Self.format)
        }
        if let version = try bytes(at: 8, count: 1).first, version != 0 {
            throw .unsupported("version \(version) of HDF5's superblock")
        }
        guard file.size >= 96 else { throw .truncated("inside the first 96 bytes") }
        end = 96
        try read("the superblock", at: 0, count: 96) { (reader) throws(WeightFileError.Reason) in
            _ = try reader.skip(8)
            // The versions of four structures, and the sizes of addresses and lengths, with reserved bytes between.
            guard try reader.take(8).elementsEqual([0, 0, 0, 0, 0, 8, 8, 0]) else {
                throw .unsupported("other versions or sizes than those of h5py")
            }
            leafRoom = 2 * Int(try reader.integer(UInt16.self))
            nodeRoom = 2 * Int(try reader.integer(UInt16.self))
            guard (2...1024).contains(leafRoom), (2...1024).contains(nodeRoom) else {
                throw .malformed("\(leafRoom) and \(nodeRoom) entries a node")
            }
            guard try reader.integer(UInt32.self) == 0 else { throw .unsupported("consistency flags") }
            guard try reader.address() == 0 else { throw .unsupported("a base address") }
            guard try reader.address() == nil else { throw .unsupported("information about free space") }
            let stored = try reader.requiredAddress()
            guard stored <= file.size else {
                throw .truncated("it has \(file.size) of \(stored) bytes")
            }
            guard stored >= 96 else { throw .malformed("content that ends at byte \(stored)") }
            guard try reader.address() == nil else { throw .unsupported("a driver of its own") }
            end = stored
            try follow(HDF5Link(&reader))
        }
    }

    private func noOverlaps() throws(WeightFileError.Reason) {
        claims.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (one, next) in zip(claims, claims.dropFirst()) where one.range.upperBound > next.range.lowerBound {
            throw .malformed("\(one.name) at byte \(one.range.lowerBound) reaches into \(next.name)")
        }
    }
}

extension WeightFileError.Reason {
    /// Runs `body` and adds to what it finds wrong where that was. The file's own end is known to be elsewhere, so that
    /// a structure that ends too early is damaged.
    static func inside<Result>(_ place: String, _ body: () throws(Self) -> Result) throws(Self) -> Result {
        do throws(Self) {
            return try body()
        } catch .malformed(let detail) {
            throw .malformed("\(place): \(detail)")
        } catch .unsupported(let detail) {
            throw .unsupported("\(place): \(detail)")
        } catch .truncated(let detail) {
            throw .malformed("\(place): \(detail)")
        }
    }
}

extension ByteReader {
    /// The next address; `nil` for the one that stands for none.
    mutating func address() throws(WeightFileError.Reason) -> Int? {
        let address = try integer(UInt64.self)
        if address == .max { return nil }
        guard let value = Int(exactly: address) else { throw .malformed("address \(address)") }
        return value
    }

    /// The next address, which must be one.
    mutating func requiredAddress() throws(WeightFileError.Reason) -> Int {
        guard let address = try address() else { throw .malformed("no address at byte \(offset - 8) of it") }
        return address
    }

    /// The next byte.
    mutating func byte() throws(WeightFileError.Reason) -> UInt8 { try integer(UInt8.self) }
}
