/// How a checkpoint's pickle refers to a storage kept outside it:
/// `('storage', torch.FloatStorage, key, location, count)`, in the legacy format followed by `None` or by
/// `(key of the view, offset, count)` for a part of the storage.
struct TorchStorage {
    /// The type of the elements.
    let scalar: TorchScalar
    /// The name of the storage in the file.
    let key: String
    /// The number of elements.
    let count: Int
    /// The number of bytes.
    let byteCount: Int
    /// The elements of the part meant, inside `0..<count`.
    private var elements: Range<Int>

    /// The storage identified by the tuple in `cell` of `cells`.
    init(_ cell: Int, in cells: [[PickleValue]]) throws(WeightFileError.Reason) {
        let tuple = cells[cell]
        guard tuple.count >= 5, case .text("storage") = tuple[0], case .global(.storage(let scalar)) = tuple[1],
            case .text(let key) = tuple[2], case .integer(let count) = tuple[4], count >= 0
        else { throw .malformed("a reference to no storage") }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: scalar.size)
        guard !overflow else { throw .malformed("a storage of \(count) elements") }
        self.scalar = scalar
        self.key = key
        self.count = count
        self.byteCount = byteCount
        self.elements = 0..<count
        guard tuple.count > 5, case .tuple(let view) = tuple[5] else { return }
        self.elements = try Self.elements(ofView: cells[view], in: count)
    }

    /// The elements of a part of a storage: `(key of the view, offset, count)`.
    private static func elements(
        ofView view: [PickleValue], in total: Int
    ) throws(WeightFileError.Reason) -> Range<Int> {
        guard view.count == 3, case .integer(let offset) = view[1], case .integer(let count) = view[2],
            offset >= 0, count >= 0, offset <= total, count <= total - offset
        else { throw .malformed("a view that leaves its storage of \(total) elements") }
        return offset..<(offset + count)
    }

    /// The part of the storage meant, when the storage lies at `bytes` and has all its bytes there.
    func view(in bytes: Range<Int>) -> Range<Int> {
        let start = bytes.lowerBound + elements.lowerBound * scalar.size
        return start..<(start + elements.count * scalar.size)
    }

    /// The key, fit for a message.
    var shownKey: String { "'\(WeightFileError.printable(key, limit: 40))'" }
}
