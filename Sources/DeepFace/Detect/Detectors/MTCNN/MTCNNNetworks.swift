import Inference

/// MTCNN's three networks, from the tensors of facenet-pytorch's checkpoints (models/mtcnn.py).
/// Outputs: box offsets, then (last network only) landmarks, then the two classes' probabilities.
extension StoredNetwork {
    static let mtcnnProposal = mtcnn("mtcnn-p", .mtcnnP, proposal)
    static let mtcnnRefinement = mtcnn("mtcnn-r", .mtcnnR, refinement)
    static let mtcnnOutput = mtcnn("mtcnn-o", .mtcnnO, output)

    private static func mtcnn(
        _ name: String, _ file: PublishedFile,
        _ build: @escaping @Sendable (GraphBuilder, PyTorchCheckpoint) throws(WeightFileError) -> GraphBuilder
    ) -> StoredNetwork {
        StoredNetwork(
            name: name, files: [file],
            form: .built { graph, paths throws(WeightFileError) in
                graph = try build(graph, PyTorchCheckpoint(contentsOf: paths[0]))
            })
    }

    @Sendable private static func proposal(
        _ builder: GraphBuilder, _ weights: PyTorchCheckpoint
    ) throws(WeightFileError) -> GraphBuilder {
        var graph = MTCNNGraph(builder, weights, rows: .free("rows"), columns: .free("columns"))
        try graph.convolution("1", channels: 3, filters: 10, size: 3)
        graph.maxPool(size: 2)
        try graph.convolution("2", channels: 10, filters: 16, size: 3)
        try graph.convolution("3", channels: 16, filters: 32, size: 3)
        let x = graph.x
        try graph.plainConvolution("conv4_2", channels: 32, filters: 4, size: 1)
        graph.emit(rank: 4)
        graph.x = x
        try graph.plainConvolution("conv4_1", channels: 32, filters: 2, size: 1)
        graph.emitProbabilities(rank: 4)
        return graph.builder
    }

    @Sendable private static func refinement(
        _ builder: GraphBuilder, _ weights: PyTorchCheckpoint
    ) throws(WeightFileError) -> GraphBuilder {
        var graph = MTCNNGraph(builder, weights, rows: .fixed(24), columns: .fixed(24))
        try graph.convolution("1", channels: 3, filters: 28, size: 3)
        graph.maxPool(size: 3)
        try graph.convolution("2", channels: 28, filters: 48, size: 3)
        graph.maxPool(size: 3)
        try graph.convolution("3", channels: 48, filters: 64, size: 2)
        graph.flattenColumnsFirst()
        try graph.dense("4", inputs: 576, outputs: 128)
        let x = graph.x
        try graph.plainDense("dense5_2", inputs: 128, outputs: 4)
        graph.emit(rank: 2)
        graph.x = x
        try graph.plainDense("dense5_1", inputs: 128, outputs: 2)
        graph.emitProbabilities(rank: 2)
        return graph.builder
    }

    @Sendable private static func output(
        _ builder: GraphBuilder, _ weights: PyTorchCheckpoint
    ) throws(WeightFileError) -> GraphBuilder {
        var graph = MTCNNGraph(builder, weights, rows: .fixed(48), columns: .fixed(48))
        try graph.convolution("1", channels: 3, filters: 32, size: 3)
        graph.maxPool(size: 3)
        try graph.convolution("2", channels: 32, filters: 64, size: 3)
        graph.maxPool(size: 3)
        try graph.convolution("3", channels: 64, filters: 64, size: 3)
        graph.maxPool(size: 2)
        try graph.convolution("4", channels: 64, filters: 128, size: 2)
        graph.flattenColumnsFirst()
        try graph.dense("5", inputs: 1152, outputs: 256)
        let x = graph.x
        try graph.plainDense("dense6_2", inputs: 256, outputs: 4)
        graph.emit(rank: 2)
        graph.x = x
        try graph.plainDense("dense6_3", inputs: 256, outputs: 10)
        graph.emit(rank: 2)
        graph.x = x
        try graph.plainDense("dense6_1", inputs: 256, outputs: 2)
        graph.emitProbabilities(rank: 2)
        return graph.builder
    }
}

/// A chain of layers whose weights a checkpoint holds under the layers' names.
private struct MTCNNGraph {
    var builder: GraphBuilder
    /// The end of the chain.
    var x: GraphBuilder.Value
    private let weights: PyTorchCheckpoint

    init(
        _ builder: GraphBuilder, _ weights: PyTorchCheckpoint, rows: GraphBuilder.Dimension,
        columns: GraphBuilder.Dimension
    ) {
        self.builder = builder
        self.weights = weights
        x = self.builder.input("pixels", shape: [.free("batch"), .fixed(3), rows, columns])
    }

    mutating func convolution(_ number: String, channels: Int, filters: Int, size: Int) throws(WeightFileError) {
        try plainConvolution("conv\(number)", channels: channels, filters: filters, size: size)
        x = builder.prelu(x, slope: try values("prelu\(number).weight", [filters]), rank: 4)
    }

    mutating func plainConvolution(_ name: String, channels: Int, filters: Int, size: Int) throws(WeightFileError) {
        let kernel = try tensor("\(name).weight", [filters, channels, size, size])
        x = builder.convolution(x, kernel: kernel, bias: try values("\(name).bias", [filters]))
    }

    mutating func dense(_ number: String, inputs: Int, outputs: Int) throws(WeightFileError) {
        try plainDense("dense\(number)", inputs: inputs, outputs: outputs)
        x = builder.prelu(x, slope: try values("prelu\(number).weight", [outputs]), rank: 2)
    }

    mutating func plainDense(_ name: String, inputs: Int, outputs: Int) throws(WeightFileError) {
        let matrix = try tensor("\(name).weight", [outputs, inputs])
        x = builder.dense(x, weights: matrix, bias: try values("\(name).bias", [outputs]))
    }

    mutating func maxPool(size: Int) { x = builder.maxPool(x, size: size, stride: 2, roundingUp: true) }

    /// The networks were trained with columns before rows.
    mutating func flattenColumnsFirst() { x = builder.flatten(builder.transpose(x, [0, 3, 2, 1])) }

    mutating func emit(rank: Int) { builder.output(x, rank: rank) }

    mutating func emitProbabilities(rank: Int) { builder.output(builder.softmax(x, axis: 1), rank: rank) }

    private func tensor(_ name: String, _ shape: [Int]) throws(WeightFileError) -> Tensor {
        Tensor(shape: shape, values: try values(name, shape))
    }

    private func values(_ name: String, _ shape: [Int]) throws(WeightFileError) -> [Float] {
        try weights.tensor(name, shape: shape).values
    }
}
