import CVectorScan
import Foundation

/// What an index file begins and ends with.
///
/// Numbers are little-endian:
///
///     0       magic "DFVINDEX", format version (4 bytes), checksum of the head (4),
///             offset of the head (8), length of the head (8), checksum of these 32 bytes (4)
///     4096 …  sections, each at a multiple of 4096
///     … end   the head: JSON, the kind of file and a table of its sections
///
/// Checksums are CRC-32C. The head comes last, so that sections may be written as they are made.
struct IndexFileHead: Codable {
    /// A stretch of the file under a name.
    struct Section: Codable, Equatable {
        var name: String
        /// Bytes from the start of the file.
        var offset: Int
        /// In bytes.
        var length: Int
        var checksum: UInt32
    }

    var kind: String
    var sections: [Section]

    static let pageSize = 4096
    private static let magic: UInt64 = 0x5845_444E_4956_4644
    private static let version: UInt32 = 1
    private static let startLength = 36

    /// The bytes at the start of a file whose head, `json`, is at `offset`.
    static func start(json: Data, offset: Int) -> [UInt8] {
        var start: [UInt8] = []
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { start.append(contentsOf: $0) }
        }
        put(magic)
        put(version)
        put(json.withUnsafeBytes { CRC32C.of($0) })
        put(UInt64(offset))
        put(UInt64(json.count))
        put(start.withUnsafeBytes { CRC32C.of($0) })
        return start
    }

    /// Reads the head of a whole file, and checks it against its checksums and the length of the file.
    ///
    /// - Throws: what is wrong, as `damaged`.
    static func read(from file: UnsafeRawBufferPointer) throws(VectorIndexError) -> IndexFileHead {
        guard file.count >= pageSize else { throw VectorIndexError(.damaged, "is too short for an index file") }
        func number<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T {
            T(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: type))
        }
        guard number(at: 0, as: UInt64.self) == magic else {
            throw VectorIndexError(.damaged, "is not an index file")
        }
        guard number(at: 32, as: UInt32.self) == CRC32C.of(.init(rebasing: file[..<32])) else {
            throw VectorIndexError(.damaged, "has a damaged start")
        }
        let version = number(at: 8, as: UInt32.self)
        guard version == Self.version else {
            throw VectorIndexError(.damaged, "has format version \(version), of which this program knows nothing")
        }
        guard let offset = Int(exactly: number(at: 16, as: UInt64.self)),
            let length = Int(exactly: number(at: 24, as: UInt64.self)),
            offset >= pageSize, offset <= file.count, length == file.count - offset
        else { throw VectorIndexError(.damaged, "is not as long as it says") }
        let json = UnsafeRawBufferPointer(rebasing: file[offset...])
        guard number(at: 12, as: UInt32.self) == CRC32C.of(json),
            let head = try? JSONDecoder().decode(IndexFileHead.self, from: Data(json)),
            head.sections.allSatisfy({
                $0.offset >= pageSize && $0.offset % pageSize == 0 && $0.offset <= offset
                    && $0.length >= 0 && $0.length <= offset - $0.offset
            })
        else { throw VectorIndexError(.damaged, "has a damaged head") }
        return head
    }
}

/// The checksum of index files.
package enum CRC32C {
    /// The checksum of `bytes`, going on from that of the bytes before them.
    package static func of(_ bytes: UnsafeRawBufferPointer, after crc: UInt32 = 0) -> UInt32 {
        cvectorscan_crc32c(cvectorscan_level(), crc, bytes.baseAddress, bytes.count)
    }
}
