import Foundation

/// A Python value to pickle, with the globals and storages of PyTorch checkpoints.
indirect enum Pickled: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case text(String)
    case tuple([Pickled])
    case list([Pickled])
    case dict([(Pickled, Pickled)])
    case call(module: String, name: String, [Pickled])
    case global(module: String, name: String)
    case orderedDict([(Pickled, Pickled)])
    case persistent(Pickled)
    case raw([UInt8])

    /// The value as a pickle of protocol 2.
    var pickle: [UInt8] { [0x80, 2] + opcodes + [UInt8(ascii: ".")] }

    private var opcodes: [UInt8] {
        switch self {
        case .none: [UInt8(ascii: "N")]
        case .bool(let value): [value ? 0x88 : 0x89]
        case .int(let value): [0x8a, 8] + littleEndian(Int64(value))
        case .text(let text): [UInt8(ascii: "X")] + littleEndian(UInt32(text.utf8.count)) + Array(text.utf8)
        case .tuple(let elements): [UInt8(ascii: "(")] + elements.flatMap(\.opcodes) + [UInt8(ascii: "t")]
        case .list(let elements): Array("](".utf8) + elements.flatMap(\.opcodes) + [UInt8(ascii: "e")]
        case .dict(let items): Array("}(".utf8) + items.flatMap { $0.opcodes + $1.opcodes } + [UInt8(ascii: "u")]
        case .call(let module, let name, let arguments):
            Array("c\(module)\n\(name)\n".utf8) + Pickled.tuple(arguments).opcodes + [UInt8(ascii: "R")]
        case .global(let module, let name): Array("c\(module)\n\(name)\n".utf8)
        case .orderedDict(let items):
            Pickled.call(module: "collections", name: "OrderedDict", []).opcodes
                + [UInt8(ascii: "(")] + items.flatMap { $0.opcodes + $1.opcodes } + [UInt8(ascii: "u")]
                + Pickled.dict([(.text("_metadata"), .dict([]))]).opcodes + [UInt8(ascii: "b")]
        case .persistent(let identifier): identifier.opcodes + [UInt8(ascii: "Q")]
        case .raw(let bytes): bytes
        }
    }
}

/// The bytes of an integer, lowest first.
func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A storage of a checkpoint built by a test.
struct FixtureStorage: Sendable {
    var key: String
    var type: String
    var bytes: [UInt8]
    var count: Int

    /// A storage of `values` in the type of `torch.<type>`.
    init(_ key: String, _ type: String, _ values: [some BitwiseCopyable]) {
        self.key = key
        self.type = type
        self.bytes = values.withUnsafeBytes { Array($0) }
        self.count = values.count
    }

    /// A tensor that views this storage; `view` is the legacy format's third way to name a part of it.
    func tensor(offset: Int = 0, _ shape: [Int], strides: [Int]? = nil, view: Pickled? = nil) -> Pickled {
        let identifier: [Pickled] = [
            .text("storage"), .global(module: "torch", name: type), .text(key), .text("cpu"), .int(count),
        ]
        let rowMajor = shape.indices.map { shape[($0 + 1)...].reduce(1, &*) }
        return .call(
            module: "torch._utils", name: "_rebuild_tensor_v2",
            [
                .persistent(.tuple(identifier + (view.map { [$0] } ?? []))), .int(offset),
                .tuple(shape.map(Pickled.int)), .tuple((strides ?? rowMajor).map(Pickled.int)), .bool(false),
                .orderedDict([]),
            ])
    }
}

/// Checkpoints in both formats, built byte by byte as PyTorch writes them.
enum PyTorchFixture {
    /// A checkpoint in the legacy format.
    static func legacy(_ object: Pickled, _ storages: [FixtureStorage]) -> Data {
        let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
        let system = Pickled.dict([
            (.text("protocol_version"), .int(1001)), (.text("little_endian"), .bool(true)),
            (.text("type_sizes"), .dict([(.text("int"), .int(4))])),
        ])
        let keys = Pickled.list(storages.map { .text($0.key) })
        let content = storages.flatMap { littleEndian(Int64($0.count)) + $0.bytes }
        return Data(magic + Pickled.int(1001).pickle + system.pickle + object.pickle + keys.pickle + content)
    }

    /// A checkpoint in the zip format, its entries padded to 64 bytes; `wide` writes zip64 fields and records.
    static func zip(
        _ object: Pickled, _ storages: [FixtureStorage], method: UInt16 = 0, wide: Bool = false,
        byteOrder: String = "little"
    ) -> Data {
        let files =
            [("data.pkl", object.pickle), ("byteorder", Array(byteOrder.utf8))]
            + storages.map { ("data/\($0.key)", $0.bytes) } + [("version", Array("3\n".utf8))]
        return archive(files.map { ("archive/\($0.0)", $0.1) }, method: method, wide: wide)
    }

    /// A zip archive of uncompressed files.
    static func archive(_ files: [(name: String, content: [UInt8])], method: UInt16 = 0, wide: Bool = false) -> Data {
        var data: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in files {
            let header = data.count
            let size = wide ? UInt32.max : UInt32(content.count)
            let beginning: [UInt8] = littleEndian(UInt16(0)) + littleEndian(method) + [UInt8](repeating: 0, count: 8)
            let sizes: [UInt8] = littleEndian(size) + littleEndian(size)
            let common: [UInt8] = beginning + sizes + littleEndian(UInt16(name.utf8.count))
            let padding = (64 - (header + 30 + name.utf8.count + 4) % 64) % 64
            data += [0x50, 0x4b, 3, 4, 0, 0] + common + littleEndian(UInt16(4 + padding)) + Array(name.utf8)
            data += Array("FB".utf8) + littleEndian(UInt16(padding)) + [UInt8](repeating: 0x5a, count: padding)
            data += content
            let numbers = [content.count, content.count, header].flatMap { littleEndian(UInt64($0)) }
            let extra = wide ? [9, 9, 1, 0, 7, 1, 0, 24, 0] + numbers : []
            directory += [0x50, 0x4b, 1, 2, 0, 0, 0, 0] + common + littleEndian(UInt16(extra.count))
            directory += [UInt8](repeating: 0, count: 10) + littleEndian(wide ? UInt32.max : UInt32(header))
            directory += Array(name.utf8) + extra
        }
        let start = data.count
        data += directory
        let end = data.count
        let numbers = [files.count, files.count, directory.count, start]
        // PyTorch ends every archive with the zip64 records, needed or not.
        data += [0x50, 0x4b, 6, 6] + littleEndian(UInt64(44)) + [UInt8](repeating: 0, count: 12)
        data += numbers.flatMap { littleEndian(UInt64($0)) }
        data += [0x50, 0x4b, 6, 7, 0, 0, 0, 0] + littleEndian(UInt64(end)) + [1, 0, 0, 0]
        data += [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
        data += numbers[..<2].flatMap { littleEndian(wide ? UInt16.max : UInt16($0)) }
        data += numbers[2...].flatMap { littleEndian(wide ? UInt32.max : UInt32($0)) } + [0, 0]
        return Data(data)
    }
}
