import Inference

/// The layers by Keras' names.
extension KerasNetwork {
    mutating func convolution(
        _ x: Node, _ filters: Int, _ window: Window, bias: Bool = true, activation: Activation = .linear
    ) -> Node {
        append(
            .convolution(window, filters: filters, bias: bias, activation), [x],
            window.output(self[x].shape, channels: filters))
    }

    mutating func depthwiseConvolution(_ x: Node, _ window: Window) -> Node {
        append(.depthwiseConvolution(window), [x], window.output(self[x].shape, channels: self[x].shape.channels))
    }

    mutating func separableConvolution(_ x: Node, _ filters: Int, _ window: Window) -> Node {
        append(.separableConvolution(window, filters: filters), [x], window.output(self[x].shape, channels: filters))
    }

    mutating func locallyConnected(
        _ x: Node, _ filters: Int, _ window: Window, activation: Activation = .linear
    ) -> Node {
        append(
            .locallyConnected(window, filters: filters, activation), [x],
            window.output(self[x].shape, channels: filters))
    }

    mutating func dense(_ x: Node, _ units: Int, bias: Bool = true, activation: Activation = .linear) -> Node {
        append(.dense(units: units, bias: bias, activation), [x], .vector(units))
    }

    mutating func batchNormalization(_ x: Node, epsilon: Float = 1e-3, scales: Bool = true) -> Node {
        append(.batchNormalization(epsilon: epsilon, scales: scales), [x], self[x].shape)
    }

    /// One slope a channel.
    mutating func prelu(_ x: Node) -> Node { append(.prelu, [x], self[x].shape) }

    mutating func activation(_ x: Node, _ activation: Activation) -> Node {
        append(.activation(activation), [x], self[x].shape)
    }

    mutating func relu(_ x: Node) -> Node { activation(x, .relu) }

    mutating func zeroPadding(_ x: Node, _ padding: GraphBuilder.Padding) -> Node {
        let shape = self[x].shape
        return append(
            .zeroPadding(padding), [x],
            Shape(
                height: shape.height.map { $0 + padding.top + padding.bottom },
                width: shape.width.map { $0 + padding.left + padding.right }, channels: shape.channels))
    }

    mutating func zeroPadding(_ x: Node, _ all: Int) -> Node { zeroPadding(x, .init(all)) }

    mutating func maxPool(_ x: Node, _ window: Window) -> Node {
        append(.maxPool(window), [x], window.output(self[x].shape, channels: self[x].shape.channels))
    }

    mutating func averagePool(_ x: Node, _ window: Window) -> Node {
        append(.averagePool(window), [x], window.output(self[x].shape, channels: self[x].shape.channels))
    }

    mutating func globalAveragePool(_ x: Node) -> Node {
        append(.globalAveragePool, [x], .vector(self[x].shape.channels))
    }

    /// Twice as high and wide, each pixel four times.
    mutating func upsampling(_ x: Node) -> Node {
        let shape = self[x].shape
        return append(
            .upsampling, [x],
            Shape(height: shape.height.map { 2 * $0 }, width: shape.width.map { 2 * $0 }, channels: shape.channels))
    }

    /// The top left corner of `x`, as large as `other`.
    mutating func cropping(_ x: Node, like other: Node) -> Node {
        let shape = self[other].shape
        return append(
            .cropping, [x, other], Shape(height: shape.height, width: shape.width, channels: self[x].shape.channels))
    }

    mutating func flatten(_ x: Node) -> Node { append(.flatten, [x], .vector(self[x].shape.count)) }

    mutating func dropout(_ x: Node) -> Node { append(.identity, [x], self[x].shape) }

    /// A vector as an image of one pixel.
    mutating func pixel(_ x: Node) -> Node {
        append(.identity, [x], Shape(height: 1, width: 1, channels: self[x].shape.count))
    }

    mutating func add(_ a: Node, _ b: Node) -> Node { append(.add, [a, b], self[a].shape) }

    /// `b` may be an image of one pixel.
    mutating func multiply(_ a: Node, _ b: Node) -> Node { append(.multiply, [a, b], self[a].shape) }

    mutating func concatenate(_ nodes: [Node]) -> Node {
        let shape = self[nodes[0]].shape
        let channels = nodes.reduce(0) { $0 + self[$1].shape.channels }
        return append(
            .concatenate, nodes,
            Shape(height: shape.height, width: shape.width, channels: channels, flat: shape.flat))
    }

    mutating func scale(_ x: Node, by factor: Float) -> Node { append(.scale(factor), [x], self[x].shape) }

    mutating func lambda(
        _ x: Node, _ body: @escaping @Sendable (inout GraphBuilder, [GraphBuilder.Value]) -> GraphBuilder.Value
    ) -> Node {
        append(.lambda(body), [x], self[x].shape)
    }

    /// Several nodes made into a vector of one number each.
    mutating func merge(
        _ nodes: [Node], _ body: @escaping @Sendable (inout GraphBuilder, [GraphBuilder.Value]) -> GraphBuilder.Value
    ) -> Node {
        append(.lambda(body), nodes, .vector(1))
    }
}
