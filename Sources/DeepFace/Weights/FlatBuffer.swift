/// A table in a FlatBuffers file; every place in it is checked against the end of the file.
///
/// Source: https://flatbuffers.dev/internals
struct FlatTable {
    private let bytes: UnsafeRawBufferPointer
    private let start: Int
    /// Its length, and where its fields lie in it, from the third number on.
    private let fields: [Int]

    /// The table that the file begins with.
    init(rootOf bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) {
        try self.init(bytes, try Self.number(UInt32.self, bytes, 0))
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ start: Int) throws(WeightFileError.Reason) {
        self.bytes = bytes
        self.start = start
        let table = start - (try Self.number(Int32.self, bytes, start))
        let length = try Self.number(UInt16.self, bytes, table)
        let size = try Self.number(UInt16.self, bytes, table + 2)
        guard start % 4 == 0, table % 2 == 0, length >= 4, length % 2 == 0, size >= 4, size <= bytes.count - start
        else {
            throw .malformed("no table at byte \(start)")
        }
        var fields = [size]
        for place in stride(from: 4, to: length, by: 2) {
            let field = try Self.number(UInt16.self, bytes, table + place)
            guard field < size else { throw .malformed("a table beyond its size at byte \(start)") }
            fields.append(field)
        }
        self.fields = fields
    }

    /// The number in a field, as it is stored; `other` where the field is not there.
    func number<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, _ field: Int, or other: Int = 0
    ) throws(WeightFileError.Reason) -> Int {
        guard let place = place(field) else { return other }
        guard place % MemoryLayout<Integer>.size == 0, place + MemoryLayout<Integer>.size <= start + fields[0] else {
            throw .malformed("a number beyond its table at byte \(place)")
        }
        return try Self.number(type, bytes, place)
    }

    /// The table that a field refers to.
    func table(_ field: Int) throws(WeightFileError.Reason) -> FlatTable? {
        guard let place = try target(field) else { return nil }
        return try FlatTable(bytes, place)
    }

    /// The tables that a field lists.
    func tables(_ field: Int) throws(WeightFileError.Reason) -> [FlatTable] {
        guard let list = try vector(field, of: 4) else { return [] }
        var tables: [FlatTable] = []
        for place in stride(from: list.lowerBound, to: list.upperBound, by: 4) {
            tables.append(try FlatTable(bytes, place + (try Self.number(UInt32.self, bytes, place))))
        }
        return tables
    }

    /// The 32-bit numbers that a field lists.
    func numbers(_ field: Int) throws(WeightFileError.Reason) -> [Int] {
        try numbers(Int32.self, in: try vector(field, of: 4) ?? 0..<0)
    }

    /// The numbers in a part of the file.
    func numbers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, in range: Range<Int>
    ) throws(WeightFileError.Reason) -> [Int] {
        var numbers: [Int] = []
        for place in stride(from: range.lowerBound, to: range.upperBound, by: MemoryLayout<Integer>.size) {
            numbers.append(try Self.number(type, bytes, place))
        }
        return numbers
    }

    /// Where the elements of `size` bytes lie that a field lists.
    func vector(_ field: Int, of size: Int) throws(WeightFileError.Reason) -> Range<Int>? {
        guard let place = try target(field) else { return nil }
        let count = try Self.number(UInt32.self, bytes, place)
        guard place % 4 == 0, count <= (bytes.count - place - 4) / size else {
            throw .malformed("a list longer than the file at byte \(place)")
        }
        return (place + 4)..<(place + 4 + count * size)
    }

    /// A text ends in a zero beyond its length.
    func checkText(_ field: Int) throws(WeightFileError.Reason) {
        guard let text = try vector(field, of: 1) else { return }
        guard text.upperBound < bytes.count, bytes[text.upperBound] == 0, !bytes[text].contains(0) else {
            throw .malformed("a text without end at byte \(text.lowerBound)")
        }
    }

    func has(_ field: Int) -> Bool { place(field) != nil }

    private func place(_ field: Int) -> Int? {
        guard field + 1 < fields.count, fields[field + 1] != 0 else { return nil }
        return start + fields[field + 1]
    }

    private func target(_ field: Int) throws(WeightFileError.Reason) -> Int? {
        guard has(field), let place = place(field) else { return nil }
        return place + (try number(UInt32.self, field))
    }

    private static func number<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type, _ bytes: UnsafeRawBufferPointer, _ place: Int
    ) throws(WeightFileError.Reason) -> Int {
        var reader = try ByteReader(bytes, at: place)
        guard let number = Int(exactly: try reader.integer(type)) else { throw .malformed("a number at byte \(place)") }
        return number
    }
}
