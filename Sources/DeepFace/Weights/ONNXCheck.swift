import Foundation

/// The check an ONNX file must pass before the engine is given it.
///
/// The engine believes what a file says: damaged ones make it read beyond its lists, divide by zero, or allocate
/// without end. Whatever passes has
///
/// - well-formed messages, with no field but ONNX's own, and none twice that there is only one of;
/// - tensors exactly as large as their shapes say, in the file or in one beside it, inside that;
/// - nodes of known operators (`ONNXOperator`), with as many inputs as these have, each made before, no graphs within;
/// - attributes of known names, their numbers within reason.
///
/// Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
struct ONNXCheck {
    static let format = "an ONNX network"

    private let bytes: UnsafeRawBufferPointer
    private let tensors: ONNXTensorCheck
    /// The version of the operators.
    private var version = 0
    /// The values made so far.
    private var names: Set<String> = [""]
    /// Those of them that are constants.
    private var constants: [String: ONNXTensorCheck.Found] = [:]

    private static let nodeLimit = 100_000

    static func run(_ content: Data, folder: URL) throws(WeightFileError.Reason) {
        try content.withBytes { bytes throws(WeightFileError.Reason) in
            var check = ONNXCheck(bytes: bytes, tensors: ONNXTensorCheck(bytes: bytes, folder: folder))
            try check.model()
        }
    }

    private mutating func model() throws(WeightFileError.Reason) {
        // A version first, as every ONNX file has it; else the rest is not looked at.
        guard bytes.count > 1, bytes[0] == 0x08 || bytes[0] == 0x3a else {
            throw .notRecognized(expectedFormat: Self.format)
        }
        let model = try message(
            0..<bytes.count, "the model",
            [1: .integer, 2: .bytes, 3: .bytes, 4: .bytes, 5: .integer, 6: .bytes, 7: .bytes, 8: .list, 14: .list])
        var versions: [Int] = []
        for range in model.ranges[8] ?? [] {
            let set = try message(range, "an operator set", [1: .bytes, 2: .integer])
            if Self.isStandard(try set.text(1, of: bytes)) { versions.append(set.integer(2) ?? 0) }
        }
        guard let graph = model.range(7), versions.count == 1, (6...30).contains(versions[0]) else {
            throw .malformed("no graph, or not one version of operators")
        }
        guard (1...20).contains(model.integer(1) ?? 0) else { throw .malformed("an impossible version") }
        version = versions[0]
        try self.graph(graph)
    }

    private mutating func graph(_ range: Range<Int>) throws(WeightFileError.Reason) {
        let graph = try message(
            range, "the graph",
            [1: .list, 2: .bytes, 5: .list, 10: .bytes, 11: .list, 12: .list, 13: .list, 16: .list])
        for range in graph.ranges[5] ?? [] {
            let tensor = try tensors.check(range)
            try define(tensor.name)
            constants[tensor.name] = tensor
        }
        for range in graph.ranges[11] ?? [] {
            let name = try value(range)
            // Older files count constants among the inputs.
            if constants[name] == nil { try define(name) }
        }
        for range in graph.ranges[13] ?? [] { _ = try value(range) }
        let nodes = graph.ranges[1] ?? []
        guard (1...Self.nodeLimit).contains(nodes.count) else { throw .unsupported("\(nodes.count) nodes") }
        for node in nodes { try self.node(node) }
        for range in graph.ranges[12] ?? [] {
            let name = try value(range)
            guard names.contains(name) else { throw .malformed("nothing makes the output '\(name)'") }
        }
    }

    /// The name of an input, output or value within; its shape may have open sides.
    private func value(_ range: Range<Int>) throws(WeightFileError.Reason) -> String {
        let value = try message(range, "a value", [1: .bytes, 2: .bytes, 3: .bytes, 4: .list])
        let name = try value.text(1, of: bytes)
        guard let range = value.range(2),
            let tensor = try message(range, "a type", [1: .bytes, 6: .bytes]).range(1)
        else { throw .unsupported("value '\(name)', which is not a tensor") }
        let type = try message(tensor, "a type", [1: .integer, 2: .bytes])
        guard ONNXTensorCheck.typeNumbers.contains(type.integer(1) ?? 0) else {
            throw .unsupported("value '\(name)' of type \(type.integer(1) ?? 0)")
        }
        guard let shape = type.range(2) else { return name }
        let dimensions = try message(shape, "a shape", [1: .list]).ranges[1] ?? []
        guard dimensions.count <= 8 else { throw .malformed("value '\(name)' has an impossible shape") }
        var count = 1
        for range in dimensions {
            let dimension = try message(range, "a dimension", [1: .integer, 2: .bytes, 3: .bytes])
            let length = dimension.integer(1) ?? 1
            guard (-1...1 << 24).contains(length), count < 1 << 28 else {
                throw .malformed("value '\(name)' has an impossible shape")
            }
            count *= max(1, length)
        }
        guard count < 1 << 28 else { throw .malformed("value '\(name)' has an impossible shape") }
        return name
    }

    private mutating func node(_ range: Range<Int>) throws(WeightFileError.Reason) {
        let node = try message(
            range, "a node",
            [1: .list, 2: .list, 3: .bytes, 4: .bytes, 5: .list, 6: .bytes, 7: .bytes, 8: .bytes, 9: .list])
        let operation = try node.text(4, of: bytes)
        guard let allowed = ONNXOperator.form(operation, version: version), Self.isStandard(try node.text(7, of: bytes))
        else {
            throw .unsupported("operator '\(operation)'")
        }
        let inputs = try texts(node.ranges[1] ?? [])
        let outputs = try texts(node.ranges[2] ?? [])
        guard allowed.inputs.contains(inputs.count), allowed.outputs.contains(outputs.count),
            !inputs.prefix(allowed.inputs.lowerBound).contains("")
        else {
            throw .malformed("\(operation) with \(inputs.count) inputs and \(outputs.count) outputs")
        }
        for input in inputs where !names.contains(input) {
            throw .malformed("\(operation) of '\(input)', which nothing has made before")
        }
        for (place, limits) in ONNXOperator.limits[operation] ?? [:] where place < inputs.count {
            guard constants[inputs[place]]?.few.allSatisfy(limits.contains) ?? true else {
                throw .malformed("\(operation) by numbers out of range")
            }
        }
        let constant = try ONNXAttributeCheck(bytes: bytes, tensors: tensors, operation: operation).run(
            node.ranges[5] ?? [], inputs.map { constants[$0]?.shape })
        for output in outputs where !output.isEmpty {
            try define(output)
            constants[output] = constant
        }
    }

    private mutating func define(_ name: String) throws(WeightFileError.Reason) {
        guard names.insert(name).inserted else { throw .malformed("'\(name)' is made twice") }
    }

    private func texts(_ ranges: [Range<Int>]) throws(WeightFileError.Reason) -> [String] {
        var texts: [String] = []
        for range in ranges { texts.append(try ProtobufMessage.text(range, of: bytes)) }
        return texts
    }

    private func message(
        _ range: Range<Int>, _ what: String, _ fields: [Int: ProtobufMessage.Kind]
    ) throws(WeightFileError.Reason) -> ProtobufMessage {
        try ProtobufMessage(bytes, range, what, fields)
    }

    private static func isStandard(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}
