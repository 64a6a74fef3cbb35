/// The check of the attributes of one node in an ONNX file.
struct ONNXAttributeCheck {
    let bytes: UnsafeRawBufferPointer
    let tensors: ONNXTensorCheck
    let operation: String

    /// Each attribute is known, there once, and of the kind and size that it should be.
    ///
    /// - Parameter shapes: of those of the node's inputs that are constants.
    /// - Returns: the tensor among them, if there is one: what `Constant` makes.
    func run(
        _ ranges: [Range<Int>], _ shapes: [[Int]?]
    ) throws(WeightFileError.Reason) -> ONNXTensorCheck.Found? {
        var seen: [String: [Int]] = [:]
        var tensor: ONNXTensorCheck.Found?
        for range in ranges {
            let attribute = try ProtobufMessage(
                bytes, range, "an attribute of \(operation)",
                [
                    1: .bytes, 2: .fraction, 3: .integer, 4: .bytes, 5: .bytes, 7: .fractions, 8: .integers, 13: .bytes,
                    20: .integer,
                ])
            let name = try attribute.text(1, of: bytes)
            guard var values = ONNXOperator.attributes[name] else {
                throw .unsupported("attribute '\(name)' of \(operation)")
            }
            // Once a number.
            if operation == "Pad", case .tensor = values { values = .fraction }
            if case .tensor = values, let range = attribute.range(5) { tensor = try tensors.check(range) }
            guard seen.updateValue(attribute.integers[8] ?? [], forKey: name) == nil, try holds(attribute, values)
            else {
                throw .malformed("attribute '\(name)' of \(operation)")
            }
        }
        try checkWindow(seen, shapes)
        if operation == "Constant" {
            guard seen.count == 1 else { throw .malformed("\(seen.count) values of a constant") }
        }
        if operation == "Cast", seen["to"] == nil { throw .malformed("a cast to nothing") }
        return operation == "Constant" ? tensor : nil
    }

    private func holds(
        _ attribute: ProtobufMessage, _ values: ONNXOperator.Values
    ) throws(WeightFileError.Reason) -> Bool {
        let numbers = attribute.integers[8] ?? []
        // The number of the kind, and the only field that holds something.
        let (kind, field): (Int, Int)
        var holds = true
        switch values {
        case .integer(let range):
            (kind, field) = (2, 3)
            holds = range.contains(attribute.integer(3) ?? 0)
        case .type:
            (kind, field) = (2, 3)
            holds = ONNXTensorCheck.typeNumbers.contains(attribute.integer(3) ?? 0)
        case .integers(let range):
            (kind, field) = (7, 8)
            holds = numbers.count <= 16 && numbers.allSatisfy(range.contains)
        case .permutation:
            (kind, field) = (7, 8)
            holds = numbers.count <= 8 && numbers.sorted() == Array(numbers.indices)
        case .fraction: (kind, field) = (1, 2)
        case .fractions: (kind, field) = (6, 7)
        case .text:
            (kind, field) = (3, 4)
            holds = try attribute.text(4, of: bytes).utf8.count < 40
        case .tensor:
            (kind, field) = (4, 5)
            holds = attribute.range(5) != nil
        }
        let others = [2, 3, 4, 5, 7, 8].filter { $0 != field }
        return holds && attribute.integer(20) == kind
            && others.allSatisfy { attribute.integers[$0] == nil && attribute.ranges[$0] == nil }
    }

    /// Windows slide over as many sides as their kernels have.
    private func checkWindow(_ attributes: [String: [Int]], _ shapes: [[Int]?]) throws(WeightFileError.Reason) {
        var sides = attributes["kernel_shape"]?.count
        switch operation {
        case "Conv", "ConvTranspose":
            if let kernel = shapes[1] {
                guard kernel.count > 2, !kernel.contains(0),
                    attributes["kernel_shape"].map({ $0 == Array(kernel.dropFirst(2)) }) ?? true
                else { throw .malformed("a kernel of \(operation) that is none") }
                sides = kernel.count - 2
            }
        case "MaxPool", "AveragePool":
            guard sides != nil else { throw .malformed("\(operation) without a window") }
        default: return
        }
        guard let sides else { return }
        guard (1...3).contains(sides), (attributes["strides"]?.count ?? sides) == sides,
            (attributes["dilations"]?.count ?? sides) == sides, (attributes["pads"]?.count ?? 2 * sides) == 2 * sides
        else { throw .malformed("a window of \(operation) that has other sides") }
    }
}
