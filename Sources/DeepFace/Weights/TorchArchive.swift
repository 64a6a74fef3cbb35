/// The two containers of `torch.save` reduced to what they have in common: a pickle, and the storages it refers to.
///
/// See `torch/serialization.py` in PyTorch (`_legacy_load` and `_load`).
struct TorchArchive {
    /// What errors call this format.
    static let format = "a PyTorch checkpoint"

    /// The pickled object.
    private let document: PickleDocument
    /// The bytes of each storage in the file, by key.
    private let storages: [String: Range<Int>]

    /// Reads the pickle, and where the storages lie, from the content of a file.
    init(_ bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) {
        guard let first = bytes.first else { throw .empty }
        switch first {
        case 0x80: try self.init(legacy: bytes)
        case 0x50 where bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]): try self.init(zip: bytes)
        default: throw .notRecognized(expectedFormat: Self.format)
        }
    }
}

// MARK: - Legacy: four pickles, the list of storage keys, the storages

extension TorchArchive {
    /// 0x1950a86a20f9469cfc6c, which PyTorch pickles first.
    private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]

    private init(legacy bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) {
        var input = try ByteReader(bytes)
        try Self.checkMagic(&input)
        guard case .integer(1001) = try PickleReader.read(&input).root else {
            throw .unsupported("a PyTorch file protocol other than 1001")
        }
        let system = try PickleReader.read(&input)
        if case .dictionary(let cell) = system.root,
            case .bool(false) = system.value("little_endian", inDictionary: cell)
        {
            throw .unsupported("a checkpoint saved on a big-endian computer")
        }
        document = try PickleReader.read(&input)
        let keys = try PickleReader.read(&input)
        storages = try Self.legacyStorages(keys: keys, of: document, &input)
    }

    private static func checkMagic(_ input: inout ByteReader) throws(WeightFileError.Reason) {
        do throws(WeightFileError.Reason) {
            if case .bigInteger(magic) = try PickleReader.read(&input).root { return }
        } catch .truncated(let detail) {
            throw .truncated(detail)
        } catch .forbiddenGlobal(let name) {
            throw .forbiddenGlobal(name)
        } catch {
            throw .notRecognized(expectedFormat: format)
        }
        throw .notRecognized(expectedFormat: format)
    }

    /// The storages in the order of `keys`, each a count of elements and the elements.
    private static func legacyStorages(
        keys: PickleDocument, of document: PickleDocument, _ input: inout ByteReader
    ) throws(WeightFileError.Reason) -> [String: Range<Int>] {
        var expected: [String: TorchStorage] = [:]
        for cell in document.storages {
            let storage = try TorchStorage(cell, in: document.cells)
            if let earlier = expected.updateValue(storage, forKey: storage.key),
                earlier.scalar != storage.scalar || earlier.count != storage.count
            {
                throw .malformed("two descriptions of storage \(storage.shownKey)")
            }
        }
        guard case .list(let list) = keys.root else { throw .malformed("no list of storages") }
        var storages: [String: Range<Int>] = [:]
        for value in keys.cells[list] {
            guard case .text(let key) = value, let storage = expected[key] else {
                throw .malformed("a storage that no tensor uses")
            }
            let count = try input.count(Int64.self)
            guard count == storage.count else {
                throw .malformed("storage \(storage.shownKey) has \(count) elements, not \(storage.count)")
            }
            storages[key] = try input.skip(storage.byteCount)
        }
        return storages
    }
}

// MARK: - Zip: data.pkl, and one entry a storage

extension TorchArchive {
    private init(zip bytes: UnsafeRawBufferPointer) throws(WeightFileError.Reason) {
        let zip = try StoredZip(bytes)
        guard let name = zip.names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }),
            let pickle = try zip.content(of: name)
        else { throw .notRecognized(expectedFormat: Self.format) }
        let folder = String(name.dropLast("data.pkl".count))
        guard !zip.names.contains(folder + "constants.pkl") else {
            throw .unsupported("a TorchScript program instead of a state_dict")
        }
        if let order = try zip.content(of: folder + "byteorder"), bytes[order].elementsEqual("big".utf8) {
            throw .unsupported("a checkpoint saved on a big-endian computer")
        }
        var input = try ByteReader(UnsafeRawBufferPointer(rebasing: bytes[pickle]))
        document = try PickleReader.read(&input)
        var storages: [String: Range<Int>] = [:]
        for cell in document.storages {
            let storage = try TorchStorage(cell, in: document.cells)
            guard storages[storage.key] == nil else { continue }
            storages[storage.key] = try zip.content(of: folder + "data/" + storage.key)
        }
        self.storages = storages
    }
}

// MARK: - Tensors

extension TorchArchive {
    /// The tensors of the state_dict, each name once, in file order.
    func tensors() throws(WeightFileError.Reason) -> [(name: String, layout: TorchTensorLayout)] {
        guard case .dictionary(let top) = document.root else { throw .unsupported("a checkpoint without a state_dict") }
        var arguments = tensorArguments(ofDictionary: top)
        for name in PyTorchCheckpoint.nestedNames where arguments.isEmpty {
            guard case .dictionary(let cell) = document.value(name, inDictionary: top) else { continue }
            arguments = tensorArguments(ofDictionary: cell)
        }
        guard !arguments.isEmpty else { throw .unsupported("a checkpoint without a state_dict") }
        var tensors: [(name: String, layout: TorchTensorLayout)] = []
        for (name, cell) in arguments {
            do throws(WeightFileError.Reason) {
                tensors.append((name, try layout(document.cells[cell])))
            } catch .malformed(let detail) {
                throw .malformed("tensor '\(WeightFileError.printable(name))': \(detail)")
            }
        }
        return tensors
    }

    /// The name of each tensor and the cell of its arguments. Like Python, a name set twice keeps its first place and
    /// its last value.
    private func tensorArguments(ofDictionary cell: Int) -> [(name: String, cell: Int)] {
        var order: [String] = []
        var last: [String: PickleValue] = [:]
        for (name, value) in document.entries(ofDictionary: cell) where last.updateValue(value, forKey: name) == nil {
            order.append(name)
        }
        return order.compactMap { name in
            if case .tensor(let cell) = last[name] { (name, cell) } else { nil }
        }
    }

    /// The layout from the arguments of `_rebuild_tensor_v2`: storage, offset, shape, strides, and more not needed.
    private func layout(_ arguments: [PickleValue]) throws(WeightFileError.Reason) -> TorchTensorLayout {
        guard arguments.count >= 4, case .storage(let cell) = arguments[0], case .integer(let offset) = arguments[1]
        else { throw .malformed("it is not built from a storage and an offset") }
        let storage = try TorchStorage(cell, in: document.cells)
        guard let bytes = storages[storage.key], storage.byteCount <= bytes.count else {
            throw .malformed("storage \(storage.shownKey) is missing or too short")
        }
        let view = storage.view(in: bytes)
        return try TorchTensorLayout(
            scalar: storage.scalar, storage: view, offset: offset, shape: integers(arguments[2], "the shape"),
            strides: integers(arguments[3], "the strides"))
    }

    private func integers(_ value: PickleValue, _ what: String) throws(WeightFileError.Reason) -> [Int] {
        let elements = try document.tuple(value, what)
        guard elements.count <= TorchTensorLayout.axisLimit else {
            throw .unsupported("a tensor of \(elements.count) axes")
        }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let integer) = element else { throw .malformed("\(what) has more than integers") }
            integers.append(integer)
        }
        return integers
    }
}
