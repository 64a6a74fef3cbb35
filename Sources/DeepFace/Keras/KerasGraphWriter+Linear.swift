import Inference

/// Layers with a kernel: Keras keeps rows × columns × inputs × filters, ONNX filters × inputs × rows × columns.
extension KerasGraphWriter {
    /// A layer with a kernel, `change` worked into it.
    mutating func linear(_ node: Node, _ change: ChannelChange) throws(WeightFileError) -> GraphBuilder.Value {
        let layer = network[node]
        switch layer.kind {
        case .convolution(let window, let filters, let bias, let activation):
            return graph.activation(
                try convolution(node, window, filters: filters, bias: bias ? try read(node, 1) : nil, change),
                activation)
        case .depthwiseConvolution(let window):
            return try depthwise(node, window, change)
        case .separableConvolution(let window, let filters):
            let inner = try depthwise(node, window, .unchanged)
            let channels = network[layer.inputs[0]].shape.channels
            let kernel = rearranged(try read(node, 1), places: 1, inputs: channels, outputs: filters, change)
            return graph.convolution(
                inner, kernel: Tensor(shape: [filters, channels, 1, 1], values: kernel), bias: change.shifting(nil))
        case .locallyConnected(let window, let filters, let activation):
            return graph.activation(try locallyConnected(node, window, filters: filters), activation)
        case .dense(let units, let bias, let activation):
            return graph.activation(
                try dense(node, units: units, bias: bias ? try read(node, 1) : nil, change), activation)
        default:
            preconditionFailure("a layer without a kernel")
        }
    }

    private mutating func convolution(
        _ node: Node, _ window: KerasNetwork.Window, filters: Int, bias: [Float]?, _ change: ChannelChange
    ) throws(WeightFileError) -> GraphBuilder.Value {
        var (source, zeros) = (network[node].inputs[0], window.zeros(network[network[node].inputs[0]].shape))
        if window.padding == .valid, case .zeroPadding(let padding) = network[source].kind {
            (source, zeros) = (network[source].inputs[0], padding)
        }
        let shape = network[network[node].inputs[0]].shape
        let places = window.rows * window.columns
        let kernel = rearranged(
            try read(node, 0), places: places, inputs: shape.channels, outputs: filters, change)
        let x = try value(of: source)
        // A window as large as the image is a fully connected layer.
        if zeros == .none, window.rows == shape.height, window.columns == shape.width {
            let y = graph.dense(
                graph.flatten(x), weights: Tensor(shape: [filters, shape.count], values: kernel),
                bias: change.shifting(bias))
            return graph.node("Reshape", [y, graph.constant([0, filters, 1, 1])])
        }
        return graph.convolution(
            x, kernel: Tensor(shape: [filters, shape.channels, window.rows, window.columns], values: kernel),
            bias: change.shifting(bias), stride: window.stride, padding: zeros)
    }

    private mutating func depthwise(
        _ node: Node, _ window: KerasNetwork.Window, _ change: ChannelChange
    ) throws(WeightFileError) -> GraphBuilder.Value {
        let input = network[node].inputs[0]
        let channels = network[input].shape.channels
        let kernel = rearranged(
            try read(node, 0), places: window.rows * window.columns, inputs: 1, outputs: channels, change)
        return graph.convolution(
            try value(of: input), kernel: Tensor(shape: [channels, 1, window.rows, window.columns], values: kernel),
            bias: change.shifting(nil), stride: window.stride, padding: window.zeros(network[input].shape),
            groups: channels)
    }

    private mutating func dense(
        _ node: Node, units: Int, bias: [Float]?, _ change: ChannelChange
    ) throws(WeightFileError) -> GraphBuilder.Value {
        // The flattened image keeps its channels first; the kernel is put into that order instead.
        var source = network[node].inputs[0]
        while case .identity = network[source].kind { source = network[source].inputs[0] }
        var (places, inputs) = (1, network[source].shape.count)
        var x: GraphBuilder.Value
        if case .flatten = network[source].kind {
            let image = network[source].inputs[0]
            (places, inputs) = (network[image].shape.height * network[image].shape.width, network[image].shape.channels)
            x = graph.flatten(try value(of: image))
        } else {
            x = try value(of: source)
        }
        let kernel = rearranged(try read(node, 0), places: places, inputs: inputs, outputs: units, change)
        x = graph.dense(
            x, weights: Tensor(shape: [units, places * inputs], values: kernel), bias: change.shifting(bias))
        return x
    }

    /// A kernel of its own at every place: each place's pixels are gathered and multiplied with its kernel as Keras keeps
    /// it.
    private mutating func locallyConnected(
        _ node: Node, _ window: KerasNetwork.Window, filters: Int
    ) throws(WeightFileError) -> GraphBuilder.Value {
        let (input, output) = (network[network[node].inputs[0]].shape, network[node].shape)
        let (places, size) = (output.height * output.width, window.rows * window.columns)
        var pixels: [Int] = []
        pixels.reserveCapacity(places * size)
        for y in 0..<output.height {
            for x in 0..<output.width {
                for row in 0..<window.rows {
                    let first = (y * window.stride + row) * input.width + x * window.stride
                    pixels += first..<first + window.columns
                }
            }
        }
        // Batch × pixels × channels, then batch × places × numbers, then places first.
        let list = graph.node(
            "Reshape",
            [
                graph.transpose(try value(of: network[node].inputs[0]), [0, 2, 3, 1]),
                graph.constant([-1, input.height * input.width, input.channels]),
            ])
        let gathered = graph.node("Gather", [list, graph.constant(pixels)], [("axis", .int(1))])
        let patches = graph.transpose(
            graph.node("Reshape", [gathered, graph.constant([-1, places, size * input.channels])]), [1, 0, 2])
        let product = graph.node(
            "MatMul", [patches, graph.constant(try read(node, 0), shape: [places, size * input.channels, filters])])
        let sum = graph.add(product, graph.constant(try read(node, 1), shape: [places, 1, filters]))
        return graph.node(
            "Reshape",
            [graph.transpose(sum, [1, 2, 0]), graph.constant([-1, filters, output.height, output.width])])
    }

    /// A kernel of places × inputs × outputs as outputs × inputs × places, each output times its scale.
    private func rearranged(
        _ kernel: [Float], places: Int, inputs: Int, outputs: Int, _ change: ChannelChange
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: kernel.count) { target, initialized in
            kernel.withUnsafeBufferPointer { kernel in
                // A block of outputs at a time, so that what is read together lies together.
                for block in stride(from: 0, to: outputs, by: 16) {
                    for place in 0..<places {
                        for input in 0..<inputs {
                            let row = (place * inputs + input) * outputs
                            for output in block..<min(block + 16, outputs) {
                                let scale = change.scale.isEmpty ? 1 : change.scale[output]
                                target[(output * inputs + input) * places + place] = kernel[row + output] * scale
                            }
                        }
                    }
                }
            }
            initialized = kernel.count
        }
    }
}
