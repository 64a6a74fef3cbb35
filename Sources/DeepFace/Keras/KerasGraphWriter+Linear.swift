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
            return try locallyConnected(node, window, filters: filters, activation)
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
            (places, inputs) = (network[image].shape.places, network[image].shape.channels)
            x = graph.flatten(try value(of: image))
        } else {
            x = try value(of: source)
        }
        let kernel = rearranged(try read(node, 0), places: places, inputs: inputs, outputs: units, change)
        x = graph.dense(
            x, weights: Tensor(shape: [units, places * inputs], values: kernel), bias: change.shifting(bias))
        return x
    }

    /// A kernel of its own at every place: each place's pixels are gathered and multiplied with its kernel.
    ///
    /// Places come first and faces last, in here and between such layers, so that nothing large is transposed.
    private mutating func locallyConnected(
        _ node: Node, _ window: KerasNetwork.Window, filters: Int, _ activation: KerasNetwork.Activation
    ) throws(WeightFileError) -> GraphBuilder.Value {
        let source = network[node].inputs[0]
        let (input, output) = (network[source].shape, network[node].shape)
        let (places, size) = (output.places, window.rows * window.columns * input.channels)
        var pixels: [Int] = []
        pixels.reserveCapacity(places * window.rows * window.columns)
        for y in 0..<output.fixed.height {
            for x in 0..<output.fixed.width {
                for row in 0..<window.rows {
                    let first = (y * window.stride + row) * input.fixed.width + x * window.stride
                    pixels += first..<first + window.columns
                }
            }
        }
        let whole = try value(of: source)
        let image: GraphBuilder.Value
        if let kept = placesFirst[source.index] {
            image = kept
        } else {
            image = graph.node(
                "Reshape",
                [
                    graph.transpose(whole, [2, 3, 1, 0]),
                    graph.constant([input.places, input.channels, -1]),
                ])
        }
        let gathered = graph.node("Gather", [image, graph.constant(pixels)], [("axis", .int(0))])
        let patches = graph.node("Reshape", [gathered, graph.constant([places, size, -1])])
        let kernel = try read(node, 0)
        let turned = [Float](unsafeUninitializedCapacity: kernel.count) { target, initialized in
            for place in 0..<places {
                for index in 0..<size {
                    for filter in 0..<filters {
                        target[(place * filters + filter) * size + index] =
                            kernel[(place * size + index) * filters + filter]
                    }
                }
            }
            initialized = kernel.count
        }
        let product = graph.node("MatMul", [graph.constant(turned, shape: [places, filters, size]), patches])
        let sum = graph.add(product, graph.constant(try read(node, 1), shape: [places, filters, 1]))
        let result = graph.activation(sum, activation)
        placesFirst[node.index] = result
        return graph.node(
            "Reshape",
            [
                graph.transpose(result, [2, 1, 0]),
                graph.constant([-1, filters, output.fixed.height, output.fixed.width]),
            ])
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
