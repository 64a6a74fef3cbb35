import Foundation

/// The check of one tensor in an ONNX file: as many numbers as its shape says, and none from anywhere else than the
/// file or one beside it.
struct ONNXTensorCheck {
    let bytes: UnsafeRawBufferPointer
    /// The folder of the model.
    let folder: URL

    /// Bytes of a number, and the field that can hold it, by the number of its type.
    private static let types: [Int: (size: Int, field: Int)] = [
        1: (4, 4), 2: (1, 5), 3: (1, 5), 6: (4, 5), 7: (8, 7), 9: (1, 5), 10: (2, 5), 11: (8, 10),
    ]

    /// What the graph is told of a tensor.
    struct Found {
        let name: String
        let shape: [Int]
        /// Its numbers, where they are few: shapes, paddings, scales.
        let few: [Double]
    }

    /// The numbers that tell types: of tensors, and what `Cast` casts to.
    static let typeNumbers = Set(types.keys)

    func check(_ range: Range<Int>) throws(WeightFileError.Reason) -> Found {
        let tensor = try ProtobufMessage(
            bytes, range, "a tensor",
            [
                1: .integers, 2: .integer, 4: .fractions, 5: .integers, 7: .integers, 8: .bytes, 9: .bytes,
                10: .doubles,
                12: .bytes, 13: .list, 14: .integer,
            ])
        let name = try tensor.text(8, of: bytes)
        func malformed(_ words: String) -> WeightFileError.Reason { .malformed("tensor '\(name)' \(words)") }
        let shape = tensor.integers[1] ?? []
        guard shape.count <= 8, let count = WeightTensor.elementCount(of: shape), count < 1 << 40 else {
            throw malformed("has an impossible shape")
        }
        guard let type = tensor.integer(2), let (size, field) = Self.types[type] else {
            throw .unsupported("tensor '\(name)' of type \(tensor.integer(2) ?? 0)")
        }
        let places = [4, 5, 7, 9, 10, 13].filter { tensor.integers[$0] != nil || tensor.ranges[$0] != nil }
        guard places.count == 1 || count == 0 && places.isEmpty else {
            throw malformed("has its numbers in two places")
        }
        switch (places.first ?? 9, tensor.integer(14) ?? 0) {
        case (13, 1): try checkFile(tensor.ranges[13] ?? [], size: count * size)
        case (9, 0):
            guard (tensor.range(9)?.count ?? 0) == count * size else { throw malformed("is not as large as its shape") }
        case (field, 0):
            let found =
                field == 4 || field == 10 ? (tensor.ranges[field] ?? []).reduce(0) { $0 + $1.count } / size : nil
            guard found ?? tensor.integers[field]?.count == count else {
                throw malformed("is not as large as its shape")
            }
        default: throw malformed("has its numbers in the wrong place")
        }
        return Found(name: name, shape: shape, few: try few(tensor, type, count))
    }

    /// The numbers of a short list, by which nodes can make large ones.
    private func few(_ tensor: ProtobufMessage, _ type: Int, _ count: Int) throws(WeightFileError.Reason) -> [Double] {
        guard count <= 16, type == 1 || type == 6 || type == 7 else { return [] }
        if let numbers = tensor.integers[5] ?? tensor.integers[7] { return numbers.map(Double.init) }
        var numbers: [Double] = []
        for range in tensor.ranges[9] ?? tensor.ranges[4] ?? [] {
            var reader = try ByteReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
            while reader.remaining > 0 {
                switch type {
                case 1: numbers.append(Double(Float(bitPattern: try reader.integer(UInt32.self))))
                case 6: numbers.append(Double(try reader.integer(Int32.self)))
                default: numbers.append(Double(try reader.integer(Int64.self)))
                }
            }
        }
        return numbers
    }

    /// Numbers in another file: it lies in the model's folder, and is long enough.
    private func checkFile(_ entries: [Range<Int>], size: Int) throws(WeightFileError.Reason) {
        var values: [String: String] = [:]
        for entry in entries {
            let pair = try ProtobufMessage(bytes, entry, "a place of numbers", [1: .bytes, 2: .bytes])
            let key = try pair.text(1, of: bytes)
            guard values.updateValue(try pair.text(2, of: bytes), forKey: key) == nil,
                ["location", "offset", "length", "checksum"].contains(key)
            else { throw .malformed("a place of numbers with '\(key)'") }
        }
        let location = values["location"] ?? ""
        // One path component: neither a folder, nor a way out of it.
        guard !location.isEmpty, location != ".", location != "..", !location.contains("/"), !location.contains("\\"),
            !location.contains("\0")
        else { throw .malformed("its numbers are said to be in '\(location)', which is not a file beside it") }
        let place = folder.appending(path: location)
        guard let status = try? FileManager.default.attributesOfItem(atPath: place.path),
            status[.type] as? FileAttributeType == .typeRegular, let length = status[.size] as? Int
        else { throw .malformed("its numbers are said to be in '\(location)', and no such file lies beside it") }
        func number(_ key: String, or other: Int) throws(WeightFileError.Reason) -> Int {
            guard let text = values[key] else { return other }
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else {
                throw .malformed("a place of numbers with \(key) '\(text)'")
            }
            return value
        }
        let offset = try number("offset", or: 0)
        guard try number("length", or: size) == size, offset <= length, size <= length - offset else {
            throw .malformed("its numbers are said to be in '\(location)', which is not as large as that")
        }
    }
}
