/// The graph as ONNX. Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
extension GraphBuilder {
    /// An ONNX model and the raw file that its larger constants lie in.
    public struct Model: Sendable {
        public let onnx: [UInt8]
        public let weights: [UInt8]
    }

    /// ONNX operator set 17, intermediate representation 8: what ONNX Runtime and OpenVINO both read.
    private static let operatorSet = 17
    private static let representation = 8
    /// Constants of fewer numbers stand in the model itself, where engines fold them.
    private static let externalFrom = 64
    /// Each constant in the weights file begins at a multiple of this many bytes.
    private static let alignment = 64

    /// The model; `weightsName` is the name of the weights file, in the same folder as the model.
    public func model(weightsName: String = "weights.bin") -> Model {
        var weights: [UInt8] = []
        weights.reserveCapacity(constants.reduce(0) { $0 + $1.shape.reduce(4, *) * 4 })
        var model = ProtobufWriter()
        model.integer(1, Self.representation)
        model.string(2, "deepface-swift")
        model.message(7) { graph in
            for node in nodes { graph.message(1) { write(node, to: &$0) } }
            graph.string(2, name)
            for constant in constants {
                graph.message(5) { write(constant, to: &$0, weights: &weights, weightsName: weightsName) }
            }
            for input in inputs { graph.message(11) { write(input.value, input.shape, to: &$0) } }
            for output in outputs {
                let shape = (0..<output.rank).map { Dimension.free("\(output.value.name)_\($0)") }
                graph.message(12) { write(output.value, shape, to: &$0) }
            }
        }
        model.message(8) { $0.integer(2, Self.operatorSet) }
        return Model(onnx: model.bytes, weights: weights)
    }

    private func write(_ node: Node, to message: inout ProtobufWriter) {
        for input in node.inputs { message.string(1, input.name) }
        for output in node.outputs { message.string(2, output.name) }
        message.string(4, node.operation)
        for attribute in node.attributes {
            message.message(5) { field in
                field.string(1, attribute.name)
                switch attribute.value {
                case .float(let value):
                    field.float(2, value)
                    field.integer(20, 1)
                case .int(let value):
                    field.integer(3, value)
                    field.integer(20, 2)
                case .string(let value):
                    field.string(4, value)
                    field.integer(20, 3)
                case .ints(let values):
                    for value in values { field.integer(8, value) }
                    field.integer(20, 7)
                }
            }
        }
    }

    private func write(
        _ constant: Constant, to message: inout ProtobufWriter, weights: inout [UInt8], weightsName: String
    ) {
        for length in constant.shape { message.integer(1, length) }
        switch constant.data {
        case .integers(let values):
            message.integer(2, 7)
            message.data(9, values.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
        case .floats(let values):
            message.integer(2, 1)
            let bytes = values.withUnsafeBytes(Array.init)
            if values.count < Self.externalFrom {
                message.data(9, bytes)
            } else {
                weights += Array(
                    repeating: 0, count: (Self.alignment - weights.count % Self.alignment) % Self.alignment)
                let place = [
                    ("location", weightsName), ("offset", String(weights.count)), ("length", String(bytes.count)),
                ]
                for (key, value) in place {
                    message.message(13) { entry in
                        entry.string(1, key)
                        entry.string(2, value)
                    }
                }
                message.integer(14, 1)
                weights += bytes
            }
        }
        message.string(8, constant.value.name)
    }

    private func write(_ value: Value, _ shape: [Dimension], to message: inout ProtobufWriter) {
        message.string(1, value.name)
        message.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, 1)
                tensor.message(2) { dimensions in
                    for dimension in shape {
                        dimensions.message(1) { length in
                            switch dimension {
                            case .fixed(let count): length.integer(1, count)
                            case .free(let name): length.string(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}
