/// Values in memory, or in a file until they are first changed.
enum Column<Element: BitwiseCopyable & Sendable>: Sendable {
    case inMemory([Element])
    case inFile(MappedArray<Element>)

    var count: Int {
        switch self {
        case .inMemory(let values): values.count
        case .inFile(let values): values.count
        }
    }

    func withUnsafeBufferPointer<R, E: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(E) -> R
    ) throws(E) -> R {
        switch self {
        case .inMemory(let values): try values.withUnsafeBufferPointer(body)
        case .inFile(let values): try values.withUnsafeBufferPointer(body)
        }
    }

    mutating func change<R>(_ body: (inout [Element]) -> R) -> R {
        var values: [Element]
        switch self {
        case .inMemory(let stored): values = stored
        case .inFile(let stored): values = Array(stored)
        }
        // No second owner, so that the change copies nothing.
        self = .inMemory([])
        defer { self = .inMemory(values) }
        return body(&values)
    }
}
