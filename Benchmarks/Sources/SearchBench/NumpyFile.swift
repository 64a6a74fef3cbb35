import Foundation

/// A file of a NumPy array of 32-bit floats, written piece by piece.
struct NumpyFile {
    private let file: FileHandle

    init(_ url: URL, rows: Int, columns: Int) throws {
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        file = try FileHandle(forWritingTo: url)
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        header += String(repeating: " ", count: 128 - 10 - header.utf8.count - 1) + "\n"
        let length = UInt16(header.utf8.count)
        try file.write(
            contentsOf: [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + header.utf8)
    }

    func append(_ values: [Float]) throws {
        try values.withUnsafeBytes { try file.write(contentsOf: Data($0)) }
    }
}

/// Rows of a file of a NumPy array of 64-bit integers; `nil` when there is no such file.
func numpyIntegers(_ url: URL, columns: Int) -> [[Int64]]? {
    guard let data = try? Data(contentsOf: url), data.count > 10 else { return nil }
    let start = 10 + Int(data[8]) + Int(data[9]) << 8
    return data.dropFirst(start).withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count / 8 / columns * columns, by: columns).map { first in
            (first..<first + columns).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self) }
        }
    }
}
