import Foundation

/// A cursor over the bytes of a file; every read is checked against their end.
struct ByteReader {
    /// All bytes of the file (or of the part of it being read).
    let bytes: UnsafeRawBufferPointer

    /// Where the next read starts, from the start of `bytes`; never beyond their end.
    private(set) var offset: Int

    /// How many bytes are left to read.
    var remaining: Int { bytes.count - offset }

    /// A cursor at `offset`.
    ///
    /// - Throws: `truncated` when the offset is not inside the bytes or at their end.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) throws(WeightFileError.Reason) {
        guard offset >= 0, offset <= bytes.count else {
            throw .truncated("position \(offset) is beyond the \(bytes.count) bytes there are")
        }
        self.bytes = bytes
        self.offset = offset
    }

    /// The range of the next `count` bytes, and moves behind them.
    mutating func skip(_ count: Int) throws(WeightFileError.Reason) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw .truncated("\(count) bytes wanted at byte \(offset), \(remaining) left")
        }
        defer { offset += count }
        return offset..<(offset + count)
    }

    /// The next `count` bytes, and moves behind them.
    mutating func take(_ count: Int) throws(WeightFileError.Reason) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[try skip(count)])
    }

    /// The next integer, stored with its lowest byte first.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) throws(WeightFileError.Reason) -> Integer {
        let range = try skip(MemoryLayout<Integer>.size)
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Integer.self))
    }

    /// The next integer of type `Integer`, as an `Int`.
    ///
    /// - Throws: `malformed` when it does not fit, as no length or position of a real file could.
    mutating func count<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) throws(WeightFileError.Reason) -> Int {
        let value = try integer(type)
        guard let count = Int(exactly: value), count >= 0 else {
            throw .malformed("impossible length \(value) at byte \(offset - MemoryLayout<Integer>.size)")
        }
        return count
    }

    /// The next `count` bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD.
    mutating func text(_ count: Int) throws(WeightFileError.Reason) -> String {
        String(decoding: try take(count), as: UTF8.self)
    }

    /// The text up to the next line feed, which is skipped.
    ///
    /// - Throws: `malformed` when the line is longer than `limit` bytes.
    mutating func line(limit: Int) throws(WeightFileError.Reason) -> String {
        let window = bytes[offset..<(offset + min(limit + 1, remaining))]
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else {
            if remaining > limit { throw .malformed("a line of more than \(limit) bytes at byte \(offset)") }
            throw .truncated("inside a line at byte \(offset)")
        }
        let line = try text(end - offset)
        _ = try skip(1)
        return line
    }
}

extension Data {
    /// `withUnsafeBytes` for a body with a typed error.
    func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(WeightFileError.Reason) -> Result
    ) throws(WeightFileError.Reason) -> Result {
        let result = withUnsafeBytes { bytes -> Swift.Result<Result, WeightFileError.Reason> in
            do throws(WeightFileError.Reason) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
