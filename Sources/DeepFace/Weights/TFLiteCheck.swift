import Foundation

/// The check a TensorFlow Lite file must pass before the engine is given it.
///
/// Whatever passes has tables, lists and texts inside the file; one graph, whose constants are exactly as large as
/// their shapes say; nodes of known operators, each input made before, with the options that they need, these within
/// reason.
struct TFLiteCheck {
    static let format = "a TensorFlow Lite network"

    /// Of the tensors, by their numbers.
    private var shapes: [[Int]] = []
    private var types: [Int] = []
    /// Where its numbers lie; nowhere those of what nodes make.
    private var constants: [Range<Int>] = []
    private var isMade: [Bool] = []

    /// Bytes of a number, by the number of its type.
    private static let sizes = [0: 4, 1: 2, 2: 4, 3: 1, 4: 8, 6: 1, 9: 1]

    static func run(_ content: Data) throws(WeightFileError.Reason) {
        try content.withBytes { bytes throws(WeightFileError.Reason) in
            guard bytes.count > 8, bytes[4..<8].elementsEqual("TFL3".utf8) else {
                throw .notRecognized(expectedFormat: format)
            }
            var check = TFLiteCheck()
            try check.model(FlatTable(rootOf: bytes), size: bytes.count)
        }
    }

    private mutating func model(_ model: FlatTable, size: Int) throws(WeightFileError.Reason) {
        guard try model.number(UInt32.self, 0) == 3 else { throw .unsupported("another version of the format") }
        try model.checkText(3)
        let graphs = try model.tables(2)
        guard graphs.count == 1 else { throw .unsupported("\(graphs.count) graphs") }
        var buffers: [Range<Int>] = []
        for buffer in try model.tables(4) {
            guard !buffer.has(1), !buffer.has(2) else { throw .unsupported("numbers behind the file's end") }
            buffers.append(try buffer.vector(0, of: 1) ?? 0..<0)
        }
        _ = try model.numbers(5)
        for entry in try model.tables(6) {
            try entry.checkText(0)
            guard buffers.indices.contains(try entry.number(UInt32.self, 1)) else {
                throw .malformed("an entry without content")
            }
        }
        guard !model.has(7) else { throw .unsupported("signatures") }
        var operators: [TFLiteOperator] = []
        for code in try model.tables(1) {
            let number = max(try code.number(Int8.self, 0), try code.number(Int32.self, 3))
            guard let known = TFLiteOperator.all[number], !code.has(1) else { throw .unsupported("operator \(number)") }
            operators.append(known)
        }
        try tensors(graphs[0], buffers)
        try graph(graphs[0], operators)
    }

    private mutating func tensors(_ graph: FlatTable, _ buffers: [Range<Int>]) throws(WeightFileError.Reason) {
        // Constants may share their numbers, but not all of them one.
        var room = 2 * buffers.reduce(0) { $0 + $1.count }
        for tensor in try graph.tables(0) {
            let (index, shape) = (shapes.count, try tensor.numbers(0))
            try tensor.checkText(3)
            let (type, buffer) = (try tensor.number(Int8.self, 1), try tensor.number(UInt32.self, 2))
            guard let size = Self.sizes[type], try tensor.number(UInt8.self, 5) == 0, !tensor.has(9) else {
                throw .unsupported("tensor \(index) of type \(type)")
            }
            guard buffers.indices.contains(buffer), shape.count <= 6, shape.allSatisfy({ (1...1 << 24).contains($0) }),
                let count = WeightTensor.elementCount(of: shape), count < 1 << 26
            else { throw .malformed("tensor \(index) is not as large as its shape") }
            var stored = count
            if let sparsity = try tensor.table(6) {
                guard type < 2, !buffers[buffer].isEmpty else { throw .unsupported("sparse whole numbers") }
                stored = try TFLiteSparsity.storedCount(sparsity, shape)
            }
            guard buffers[buffer].isEmpty || buffers[buffer].count == stored * size else {
                throw .malformed("tensor \(index) is not as large as its shape")
            }
            room -= buffers[buffer].count
            guard room >= 0 else { throw .malformed("tensors that share their numbers") }
            let signature = try tensor.numbers(7)
            guard
                signature.isEmpty
                    || signature.count == shape.count && zip(signature, shape).allSatisfy({ $0 == -1 || $0 == $1 })
            else { throw .malformed("tensor \(index) has two shapes") }
            if let levels = try tensor.table(4) { try quantization(levels, shape) }
            shapes.append(shape)
            types.append(type)
            constants.append(buffers[buffer])
        }
        isMade = constants.map { !$0.isEmpty }
    }

    /// The levels of small whole numbers: one pair for all of a tensor, or one for each row of one dimension.
    private func quantization(_ levels: FlatTable, _ shape: [Int]) throws(WeightFileError.Reason) {
        for field in [0, 1] { _ = try levels.vector(field, of: 4) }
        let scales = (try levels.vector(2, of: 4)?.count ?? 0) / 4
        let zeros = (try levels.vector(3, of: 8)?.count ?? 0) / 8
        let dimension = try levels.number(Int32.self, 6)
        guard scales == zeros || zeros == 0, !levels.has(5), dimension == 0 || shape.indices.contains(dimension),
            scales <= 1 || shape.indices.contains(dimension) && shape[dimension] == scales
        else { throw .malformed("levels that are none") }
    }

    private mutating func graph(_ graph: FlatTable, _ operators: [TFLiteOperator]) throws(WeightFileError.Reason) {
        try graph.checkText(4)
        let (inputs, outputs) = (try graph.numbers(1), try graph.numbers(2))
        guard !inputs.isEmpty, !outputs.isEmpty else { throw .malformed("a graph without inputs or outputs") }
        for input in inputs { try make(input) }
        for node in try graph.tables(3) {
            let index = try node.number(UInt32.self, 0)
            guard operators.indices.contains(index) else { throw .malformed("a node of no operator") }
            try check(node, operators[index])
        }
        guard outputs.allSatisfy({ isMade.indices.contains($0) && isMade[$0] && constants[$0].isEmpty }) else {
            throw .malformed("an output that nothing makes")
        }
    }

    private mutating func check(_ node: FlatTable, _ known: TFLiteOperator) throws(WeightFileError.Reason) {
        let (inputs, outputs) = (try node.numbers(1), try node.numbers(2))
        let needed = max(known.inputs.lowerBound, known.numbers != nil || known.isWindow ? min(inputs.count, 2) : 0)
        guard known.inputs.contains(inputs.count), outputs.count == 1,
            zip(inputs.indices, inputs).allSatisfy({ (place, input) in
                isMade.indices.contains(input) ? isMade[input] : input == -1 && place >= needed
            })
        else { throw .malformed("a node of inputs that nothing has made before") }
        guard !known.isWindow || inputs.prefix(2).allSatisfy({ shapes[$0].count == 4 }) else {
            throw .malformed("a window over something that is not an image")
        }
        guard !node.has(9), !node.has(12), try node.vector(5, of: 1)?.isEmpty ?? true else {
            throw .unsupported("options of other operators")
        }
        let options = try node.table(4)
        if let range = known.numbers {
            let isOption = inputs.count == 1
            let kind = try node.number(UInt8.self, 3)
            guard !isOption || kind == 17 else { throw .malformed("a change to no shape") }
            let numbers = try isOption ? options?.numbers(0) ?? [] : self.numbers(inputs[1], node)
            guard (1...16).contains(numbers.count), numbers.allSatisfy(range.contains) else {
                throw .malformed("a shape, an order or paddings that are none")
            }
        }
        if known.options != 0 {
            guard let options, try node.number(UInt8.self, 3) == known.options else {
                throw .malformed("a node without its options")
            }
            for field in known.bytes where !(0...5).contains(try options.number(UInt8.self, field)) {
                throw .malformed("an option out of range")
            }
            for field in known.sides where !(1...4096).contains(try options.number(Int32.self, field, or: 1)) {
                throw .malformed("a window out of range")
            }
        }
        try make(outputs[0])
    }

    /// The whole numbers of a constant.
    private func numbers(_ tensor: Int, _ table: FlatTable) throws(WeightFileError.Reason) -> [Int] {
        guard constants[tensor].count <= 128, shapes[tensor].count < 3 else { return [] }
        return switch types[tensor] {
        case 2: try table.numbers(Int32.self, in: constants[tensor])
        case 4: try table.numbers(Int64.self, in: constants[tensor])
        default: []
        }
    }

    private mutating func make(_ tensor: Int) throws(WeightFileError.Reason) {
        guard isMade.indices.contains(tensor), !isMade[tensor] else {
            throw .malformed("tensor \(tensor) is made twice")
        }
        isMade[tensor] = true
    }
}
