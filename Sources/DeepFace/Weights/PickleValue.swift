/// A value built by ``PickleReader``.
///
/// Containers are numbers of cells in ``PickleDocument/cells`` and not references: a pickle may nest a million lists or
/// put a list into itself, and freeing such values must neither recurse nor leak.
enum PickleValue {
    /// Python's `None`.
    case none
    /// `True` or `False`.
    case bool(Bool)
    /// An integer of at most 64 bits.
    case integer(Int)
    /// A larger integer: two's complement, lowest byte first.
    case bigInteger([UInt8])
    /// A `float`.
    case real(Double)
    /// A `str`, or a byte string of Python 2, short enough to be a name.
    case text(String)
    /// A longer text, or a `bytes` object: no tensor needs what is in it, so it is not kept.
    case opaque
    /// A function or class of the allow-list.
    case global(PickleGlobal)
    /// A tuple: the cell of its elements.
    case tuple(Int)
    /// A list: the cell of its elements.
    case list(Int)
    /// A dictionary: the cell of its keys and values in turn.
    case dictionary(Int)
    /// A storage kept outside the pickle: the cell of the tuple that identifies it.
    case storage(Int)
    /// A tensor: the cell of the arguments it is built from.
    case tensor(Int)
}

/// The Python functions and classes a checkpoint may name; none of them is ever called, all of them are read as data.
enum PickleGlobal {
    /// `collections.OrderedDict`.
    case orderedDictionary
    /// `torch._utils._rebuild_tensor` and its second version: a view of a storage.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`: a tensor that can be trained.
    case rebuildParameter
    /// `torch.Size`: a tuple.
    case size
    /// `torch.FloatStorage` and its like.
    case storage(TorchScalar)

    /// The entry of the allow-list for `module.name`.
    ///
    /// - Throws: `forbiddenGlobal` for everything else.
    init(module: String, name: String) throws(WeightFileError.Reason) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", "Size"): self = .size
        case ("torch", _):
            guard let scalar = TorchScalar(storage: name) else { throw .forbiddenGlobal("\(module).\(name)") }
            self = .storage(scalar)
        default: throw .forbiddenGlobal("\(module).\(name)")
        }
    }
}

/// What one pickle holds.
struct PickleDocument {
    /// The object pickled.
    let root: PickleValue
    /// The contents of every container.
    let cells: [[PickleValue]]
    /// The cells of the tuples that identify storages kept outside the pickle.
    let storages: [Int]

    /// The elements of a tuple.
    ///
    /// - Throws: `malformed` for any other value; `what` says what should have been a tuple.
    func tuple(_ value: PickleValue, _ what: String) throws(WeightFileError.Reason) -> [PickleValue] {
        guard case .tuple(let cell) = value else { throw .malformed("\(what) is not a tuple") }
        return cells[cell]
    }

    /// The value of a text key in the dictionary kept in `cell`: the last one set, as in Python.
    func value(_ key: String, inDictionary cell: Int) -> PickleValue? {
        entries(ofDictionary: cell).last { $0.name == key }?.value
    }

    /// The entries with a text key of the dictionary kept in `cell`, in the order set.
    func entries(ofDictionary cell: Int) -> [(name: String, value: PickleValue)] {
        let items = cells[cell]
        return stride(from: 0, to: items.count - 1, by: 2).compactMap { index in
            guard case .text(let name) = items[index] else { return nil }
            return (name, items[index + 1])
        }
    }
}
