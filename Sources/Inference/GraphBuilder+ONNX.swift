/// The graph as ONNX. Field numbers are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
extension GraphBuilder {
    /// ONNX operator set 17, intermediate representation 8: what ONNX Runtime and OpenVINO both read.
    private static let operatorSet = 17
    private static let representation = 8

    /// The content of the `.onnx` file.
    public func model() -> [UInt8] {
        var model = ProtobufWriter()
        model.integer(1, Self.representation)
        model.string(2, "deepface-swift")
        model.message(7) { graph in
            for node in nodes { graph.message(1) { write(node, to: &$0) } }
            graph.string(2, name)
            for constant in constants {
                graph.message(5) { write(constant, to: &$0) }
            }
            for input in inputs { graph.message(11) { write(input.value, input.shape, to: &$0) } }
            for output in outputs {
                let shape = (0..<output.rank).map { Dimension.free("\(output.value.name)_\($0)") }
                graph.message(12) { write(output.value, shape, to: &$0) }
            }
        }
        model.message(8) { $0.integer(2, Self.operatorSet) }
        return model.bytes
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

    private func write(_ constant: Constant, to message: inout ProtobufWriter) {
        for length in constant.shape { message.integer(1, length) }
        switch constant.data {
        case .integers(let values):
            message.integer(2, 7)
            message.data(9, values.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
        case .floats(let values):
            message.integer(2, 1)
            message.data(9, values)
        case .external(let offset):
            message.integer(2, 1)
            let length = constant.shape.reduce(MemoryLayout<Float>.size, *)
            let place = [
                ("location", externalName ?? ""), ("offset", String(offset)), ("length", String(length)),
            ]
            for (key, value) in place {
                message.message(13) { entry in
                    entry.string(1, key)
                    entry.string(2, value)
                }
            }
            message.integer(14, 1)
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
