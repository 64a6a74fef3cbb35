/// Reads one pickle as plain data and executes nothing.
///
/// The functions and classes a pickle may name are those that its ``PickleDialect`` allows; what they would build in
/// Python is built here by hand. The number of opcodes is limited, each makes at most one value, and no value holds a reference to
/// another, so that neither the memory nor the stack can be exhausted by a small file.
///
/// See `pickletools.py` in Python's standard library for the format.
struct PickleReader {
    /// Texts with more bytes are not kept; names are shorter.
    static let textLimit = 1024

    private let dialect: PickleDialect
    private var input: ByteReader
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var cells: [[PickleValue]] = []
    private var storages: [Int] = []

    /// Reads the pickle at `input` and leaves `input` behind it.
    static func read(
        _ input: inout ByteReader, _ dialect: PickleDialect = .checkpoint
    ) throws(WeightFileError.Reason) -> PickleDocument {
        var reader = PickleReader(input: input, dialect: dialect)
        let root = try reader.run()
        input = reader.input
        return PickleDocument(root: root, cells: reader.cells, storages: reader.storages)
    }

    private init(input: ByteReader, dialect: PickleDialect) {
        (self.input, self.dialect) = (input, dialect)
    }

    private mutating func run() throws(WeightFileError.Reason) -> PickleValue {
        for _ in 0..<dialect.opcodeLimit {
            let byte = try input.integer(UInt8.self)
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw .unsupported("pickle opcode \(byte) at byte \(input.offset - 1)")
            }
            if opcode == .stop { return try pop() }
            try execute(opcode)
        }
        throw .unsupported("a pickle of more than \(dialect.opcodeLimit) opcodes")
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(WeightFileError.Reason) {
        switch opcode {
        case .proto:
            let version = try input.integer(UInt8.self)
            guard (2...5).contains(version) else { throw .unsupported("pickle protocol \(version)") }
        case .frame: _ = try input.integer(UInt64.self)
        case .stop: break

        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binInt: stack.append(.integer(Int(try input.integer(Int32.self))))
        case .binInt1: stack.append(.integer(Int(try input.integer(UInt8.self))))
        case .binInt2: stack.append(.integer(Int(try input.integer(UInt16.self))))
        case .long1: try pushInteger(byteCount: input.count(UInt8.self))
        case .long4: try pushInteger(byteCount: input.count(Int32.self))
        case .binFloat: stack.append(.real(Double(bitPattern: try input.integer(UInt64.self).byteSwapped)))
        case .binString: try pushText(input.count(Int32.self))
        case .binUnicode: try pushText(input.count(UInt32.self))
        case .shortBinString, .shortBinUnicode: try pushText(input.count(UInt8.self))
        case .binUnicode8: try pushText(input.count(UInt64.self))
        case .binBytes: try pushBytes(input.count(UInt32.self))
        case .shortBinBytes: try pushBytes(input.count(UInt8.self))
        case .binBytes8: try pushBytes(input.count(UInt64.self))

        case .mark: marks.append(stack.count)
        case .pop: _ = try pop()
        case .popMark: _ = try popToMark()
        case .dup: stack.append(try top())
        case .emptyTuple: stack.append(.tuple(newCell([])))
        case .tuple: stack.append(.tuple(newCell(try popToMark())))
        case .tuple1: stack.append(.tuple(newCell(try pop(count: 1))))
        case .tuple2: stack.append(.tuple(newCell(try pop(count: 2))))
        case .tuple3: stack.append(.tuple(newCell(try pop(count: 3))))
        case .emptyList: stack.append(.list(newCell([])))
        case .list: stack.append(.list(newCell(try popToMark())))
        case .append: try extendList(by: pop(count: 1))
        case .appends: try extendList(by: popToMark())
        case .emptyDict: stack.append(.dictionary(newCell([])))
        case .dict:
            let items = try popToMark()
            stack.append(.dictionary(newCell([])))
            try extendDictionary(by: items)
        case .setItem: try extendDictionary(by: pop(count: 2))
        case .setItems: try extendDictionary(by: popToMark())

        case .binPut: memo[Int(try input.integer(UInt8.self))] = try top()
        case .longBinPut: memo[try input.count(UInt32.self)] = try top()
        case .memoize: memo[memo.count] = try top()
        case .binGet: try recall(Int(input.integer(UInt8.self)))
        case .longBinGet: try recall(input.count(UInt32.self))

        case .global:
            let module = try input.line(limit: 200)
            stack.append(.global(try dialect.global(module: module, name: input.line(limit: 200))))
        case .stackGlobal: try pushGlobalNamedOnStack()
        case .reduce: try reduce()
        case .build: try build()
        case .binPersID: try pushStorage()
        }
    }
}

// MARK: - Stack and memo

extension PickleReader {
    private mutating func newCell(_ content: [PickleValue]) -> Int {
        cells.append(content)
        return cells.count - 1
    }

    private func top() throws(WeightFileError.Reason) -> PickleValue {
        guard let value = stack.last, stack.count > marks.last ?? 0 else { throw underflow }
        return value
    }

    private mutating func pop() throws(WeightFileError.Reason) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(count: Int) throws(WeightFileError.Reason) -> [PickleValue] {
        guard stack.count - count >= marks.last ?? 0 else { throw underflow }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(WeightFileError.Reason) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw underflow }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func recall(_ index: Int) throws(WeightFileError.Reason) {
        guard let value = memo[index] else { throw .malformed("pickle recalls unknown object \(index)") }
        stack.append(value)
    }

    private var underflow: WeightFileError.Reason { .malformed("pickle stack is empty at byte \(input.offset)") }
}

// MARK: - Values

extension PickleReader {
    private mutating func pushInteger(byteCount: Int) throws(WeightFileError.Reason) {
        let digits = try input.take(byteCount)
        guard byteCount <= 255 else { throw .unsupported("an integer of \(byteCount) bytes") }
        guard byteCount <= 8 else { return stack.append(.bigInteger(Array(digits))) }
        var value = digits.last.map { $0 >= 0x80 ? Int64(-1) : 0 } ?? 0
        for digit in digits.reversed() { value = value << 8 | Int64(digit) }
        guard let integer = Int(exactly: value) else { throw .unsupported("the integer \(value)") }
        stack.append(.integer(integer))
    }

    private mutating func pushText(_ count: Int) throws(WeightFileError.Reason) {
        guard count <= Self.textLimit else {
            _ = try input.skip(count)
            return stack.append(.opaque)
        }
        stack.append(.text(try input.text(count)))
    }

    private mutating func pushBytes(_ count: Int) throws(WeightFileError.Reason) {
        let bytes = try input.take(count)
        stack.append(count <= NumPyScalar.largest ? .bytes(Array(bytes)) : .opaque)
    }

    private mutating func extendList(by values: [PickleValue]) throws(WeightFileError.Reason) {
        guard case .list(let cell) = try top() else { throw .malformed("pickle appends to what is not a list") }
        cells[cell].append(contentsOf: values)
    }

    private mutating func extendDictionary(by items: [PickleValue]) throws(WeightFileError.Reason) {
        guard case .dictionary(let cell) = try top() else { throw .malformed("pickle sets items of no dictionary") }
        guard items.count.isMultiple(of: 2) else { throw .malformed("pickle sets a key without a value") }
        cells[cell].append(contentsOf: items)
    }
}

// MARK: - Objects

extension PickleReader {
    private mutating func pushGlobalNamedOnStack() throws(WeightFileError.Reason) {
        let names = try pop(count: 2)
        guard case .text(let module) = names[0], case .text(let name) = names[1] else {
            throw .malformed("pickle names a global by what is not text")
        }
        stack.append(.global(try dialect.global(module: module, name: name)))
    }

    /// What calling an allowed function would have given in Python.
    private mutating func reduce() throws(WeightFileError.Reason) {
        let call = try pop(count: 2)
        guard case .global(let function) = call[0], case .tuple(let cell) = call[1] else {
            throw .malformed("pickle calls what is not a function")
        }
        switch (function, cells[cell].first) {
        case (.orderedDictionary, nil): stack.append(.dictionary(newCell([])))
        case (.orderedDictionary, .list): throw .unsupported("a checkpoint saved with Python 2")
        case (.rebuildTensor, .some): stack.append(.tensor(cell))
        case (.rebuildParameter, .some(.tensor(let tensor))): stack.append(.tensor(tensor))
        case (.size, .some(.tuple(let axes))): stack.append(.tuple(axes))
        case (.numberType, .some(.text(let code))):
            guard let type = NumPyScalar(rawValue: code) else { throw .unsupported("NumPy's type \(code)") }
            stack.append(.numberType(type))
        case (.number, .some(.numberType(let type))):
            guard cells[cell].count == 2, case .bytes(let bytes) = cells[cell][1], let value = type.value(bytes) else {
                throw .malformed("a number of NumPy is not \(type.rawValue)")
            }
            stack.append(value)
        default: throw .malformed("pickle calls \(function) with wrong arguments")
        }
    }

    /// Drops the attributes given to an object: those of an OrderedDict (`_metadata`) hold no tensor, and those of a
    /// type of numbers say that their lowest byte comes first, or that they have but one.
    private mutating func build() throws(WeightFileError.Reason) {
        let attributes = try pop()
        switch try top() {
        case .dictionary: break
        case .numberType:
            guard case .tuple(let cell) = attributes, cells[cell].count > 1, case .text(let order) = cells[cell][1],
                order == "<" || order == "|"
            else { throw .unsupported("numbers of NumPy with their highest byte first") }
        default: throw .malformed("pickle gives attributes to what has none")
        }
    }

    private mutating func pushStorage() throws(WeightFileError.Reason) {
        guard case .tuple(let cell) = try pop() else { throw .malformed("a storage is not identified by a tuple") }
        storages.append(cell)
        stack.append(.storage(cell))
    }
}
