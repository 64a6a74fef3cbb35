import Inference

extension KerasNetwork {
    /// Adds the network to `graph`, with the weights of `file`. Its input is batch × channels × rows × columns.
    ///
    /// What costs nothing to know beforehand is worked into the weights: scales and batch normalizations behind a
    /// convolution, zeros in front of one, the order of numbers in a flattened image.
    ///
    /// - Throws: a `WeightFileError` when the file is another network's or cannot be read.
    func write(to graph: inout GraphBuilder, from file: KerasWeightFile) throws(WeightFileError) {
        let weights = try assign(file)
        let shape = layers[0].shape
        let pixels = graph.input(
            "pixels",
            shape: [
                .free("batch"), .fixed(shape.channels), shape.height.map { .fixed($0) } ?? .free("rows"),
                shape.width.map { .fixed($0) } ?? .free("columns"),
            ])
        var writer = KerasGraphWriter(network: self, file: file, weights: weights, graph: graph, pixels: pixels)
        for output in outputs {
            let value = try writer.value(of: output)
            writer.graph.output(value, rank: self[output].shape.rank)
        }
        graph = writer.graph
    }
}

extension KerasNetwork.Shape {
    /// Dimensions of the value in a graph, the batch counted.
    var rank: Int { flat ? 2 : 4 }
}

/// Writes a network's layers into a graph, from the outputs backwards as far as they need.
struct KerasGraphWriter {
    typealias Node = KerasNetwork.Node

    let network: KerasNetwork
    let file: KerasWeightFile
    let weights: [Int: [KerasWeightFile.Weight]]
    var graph: GraphBuilder
    private var values: [Int: GraphBuilder.Value]
    /// What locally connected layers give, as places × channels × batch.
    var placesFirst: [Int: GraphBuilder.Value] = [:]
    /// How many layers take what a layer gives.
    private let consumers: [Int]

    init(
        network: KerasNetwork, file: KerasWeightFile, weights: [Int: [KerasWeightFile.Weight]], graph: GraphBuilder,
        pixels: GraphBuilder.Value
    ) {
        self.network = network
        self.file = file
        self.weights = weights
        self.graph = graph
        values = [0: pixels]
        var consumers = Array(repeating: 0, count: network.layers.count)
        for layer in network.layers { for input in layer.inputs { consumers[input.index] += 1 } }
        for output in network.outputs { consumers[output.index] += 1 }
        self.consumers = consumers
    }

    /// What a layer gives, in the graph.
    mutating func value(of node: Node) throws(WeightFileError) -> GraphBuilder.Value {
        if let known = values[node.index] { return known }
        let value = try make(node)
        values[node.index] = value
        return value
    }

    private mutating func make(_ node: Node) throws(WeightFileError) -> GraphBuilder.Value {
        let layer = network[node]
        let inputs = layer.inputs
        switch layer.kind {
        case .input:
            preconditionFailure("a network has one input")
        case .convolution, .depthwiseConvolution, .separableConvolution, .locallyConnected, .dense:
            return try linear(node, .unchanged)
        case .batchNormalization, .scale:
            let (start, change) = try foldable(node)
            if start != node { return try linear(start, change) }
            return graph.scaled(
                try value(of: inputs[0]), by: change.scale, shift: change.shift, rank: layer.shape.rank)
        case .prelu:
            return graph.prelu(
                try value(of: inputs[0]), slope: try read(node, 0), rank: layer.shape.rank)
        case .activation(let activation):
            return graph.activation(try value(of: inputs[0]), activation)
        case .zeroPadding(let padding):
            return graph.pad(try value(of: inputs[0]), padding)
        case .maxPool(let window):
            // Zeros around what has nothing below zero change no maximum.
            if window.padding == .valid, case .zeroPadding(let padding) = network[inputs[0]].kind,
                case .activation(.relu) = network[network[inputs[0]].inputs[0]].kind
            {
                return graph.maxPool(
                    try value(of: network[inputs[0]].inputs[0]), size: window.rows, stride: window.stride,
                    padding: padding)
            }
            return graph.maxPool(
                try value(of: inputs[0]), size: window.rows, stride: window.stride,
                padding: window.zeros(network[inputs[0]].shape))
        case .averagePool(let window):
            return graph.averagePool(
                try value(of: inputs[0]), size: window.rows, stride: window.stride,
                padding: window.zeros(network[inputs[0]].shape))
        case .globalAveragePool:
            return graph.flatten(graph.globalAveragePool(try value(of: inputs[0])))
        case .upsampling:
            return graph.upsampled(try value(of: inputs[0]))
        case .cropping:
            return graph.cropped(try value(of: inputs[0]), like: try value(of: inputs[1]))
        case .flatten:
            let image = try value(of: inputs[0])
            guard network[inputs[0]].shape.places > 1 else { return graph.flatten(image) }
            return graph.flatten(graph.transpose(image, [0, 2, 3, 1]))
        case .add:
            return graph.add(try value(of: inputs[0]), try value(of: inputs[1]))
        case .multiply:
            return graph.node("Mul", [try value(of: inputs[0]), try value(of: inputs[1])])
        case .concatenate:
            var parts: [GraphBuilder.Value] = []
            for input in inputs { parts.append(try value(of: input)) }
            return graph.concatenate(parts, axis: 1)
        case .identity:
            let (x, from, to) = (try value(of: inputs[0]), network[inputs[0]].shape, layer.shape)
            guard from.flat, !to.flat else { return x }
            return graph.node("Reshape", [x, graph.constant([0, to.channels, 1, 1])])
        case .lambda(let body):
            var parts: [GraphBuilder.Value] = []
            for input in inputs { parts.append(try value(of: input)) }
            return body(&graph, parts)
        }
    }

    /// The chain of scales and batch normalizations that ends at `node`, as one; and where it begins: at the layer with
    /// a kernel that it can be worked into, else at `node` itself.
    private func foldable(_ node: Node) throws(WeightFileError) -> (start: Node, change: ChannelChange) {
        var change = ChannelChange.unchanged
        var place = node
        var own: ChannelChange?
        while true {
            switch network[place].kind {
            case .batchNormalization(let epsilon, let scales):
                change = change.after(try normalization(place, epsilon: epsilon, scales: scales))
            case .scale(let factor):
                let channels = network[place].shape.channels
                change = change.after(
                    ChannelChange(
                        scale: Array(repeating: factor, count: channels), shift: Array(repeating: 0, count: channels)))
            case .convolution(_, _, _, .linear), .depthwiseConvolution, .separableConvolution, .dense(_, _, .linear):
                return (place, change)
            default:
                return (node, own ?? change)
            }
            if own == nil { own = change }
            place = network[place].inputs[0]
            // What others need as it is stays.
            if consumers[place.index] > 1 { return (node, own ?? change) }
        }
    }

    private func normalization(_ node: Node, epsilon: Float, scales: Bool) throws(WeightFileError) -> ChannelChange {
        let gamma = scales ? try read(node, 0) : Array(repeating: 1, count: network[node].shape.channels)
        let first = scales ? 1 : 0
        let (beta, mean, variance) = (try read(node, first), try read(node, first + 1), try read(node, first + 2))
        return ChannelChange(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: epsilon)
    }

    /// The layer's tensor of this number.
    func read(_ node: Node, _ number: Int) throws(WeightFileError) -> [Float] {
        try file.values(of: weights[node.index]![number])
    }
}

extension GraphBuilder {
    mutating func activation(_ x: Value, _ activation: KerasNetwork.Activation) -> Value {
        switch activation {
        case .linear: x
        case .relu: relu(x)
        case .tanh: node("Tanh", [x])
        case .sigmoid: node("Sigmoid", [x])
        case .softmax: softmax(x, axis: 1)
        case .hardSigmoid: node("HardSigmoid", [x], [("alpha", .float(0.2)), ("beta", .float(0.5))])
        }
    }
}
