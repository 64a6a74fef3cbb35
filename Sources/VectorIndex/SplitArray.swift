/// Values of which the first lie in a file and the rest in memory: an index that was opened and added to.
struct SplitArray<Element: BitwiseCopyable & Sendable>: Sendable {
    private let mapped: MappedArray<Element>?
    private var added: [Element] = []
    /// How many lie in the file.
    let mappedCount: Int

    init(_ mapped: MappedArray<Element>? = nil) {
        (self.mapped, mappedCount) = (mapped, mapped?.count ?? 0)
    }

    var count: Int { mappedCount + added.count }

    subscript(position: Int) -> Element {
        position < mappedCount ? mapped![position] : added[position - mappedCount]
    }

    mutating func append(contentsOf values: some Sequence<Element>) {
        added.append(contentsOf: values)
    }

    /// Makes room for so many values in all, so that what is there need not be moved when they come.
    mutating func reserveCapacity(_ count: Int) { added.reserveCapacity(count - mappedCount) }

    /// Both parts, where they lie.
    func withBuffers<R, E: Error>(
        _ body: (UnsafeBufferPointer<Element>, UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        guard let mapped else {
            return try added.withUnsafeBufferPointer { (added) throws(E) in
                try body(UnsafeBufferPointer(start: nil, count: 0), added)
            }
        }
        return try mapped.withUnsafeBufferPointer { (mapped) throws(E) in
            try added.withUnsafeBufferPointer { (added) throws(E) in try body(mapped, added) }
        }
    }
}
