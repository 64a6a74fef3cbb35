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
    /// A `bytes` object no longer than a number of NumPy.
    case bytes([UInt8])
    /// A longer text or `bytes` object: nothing needs what is in it, so it is not kept.
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
    /// A `numpy.dtype`.
    case numberType(NumPyScalar)
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
