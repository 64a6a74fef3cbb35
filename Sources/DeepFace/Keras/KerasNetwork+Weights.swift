import Inference

/// A layer's weights, and where in a file they are.
extension KerasNetwork {
    /// The shapes of a layer's tensors in the order Keras keeps them.
    func weightShapes(of index: Int) -> [[Int]] {
        let layer = layers[index]
        guard let input = layer.inputs.first.map({ self[$0].shape }) else { return [] }
        switch layer.kind {
        case .convolution(let window, let filters, let bias, _):
            return [[window.rows, window.columns, input.channels, filters]] + (bias ? [[filters]] : [])
        case .depthwiseConvolution(let window):
            return [[window.rows, window.columns, input.channels, 1]]
        case .separableConvolution(let window, let filters):
            return [[window.rows, window.columns, input.channels, 1], [1, 1, input.channels, filters]]
        case .locallyConnected(let window, let filters, _):
            let (height, width) = layer.shape.fixed
            return [
                [height * width, window.rows * window.columns * input.channels, filters],
                [height, width, filters],
            ]
        case .dense(let units, let bias, _):
            return [[input.count, units]] + (bias ? [[units]] : [])
        case .batchNormalization(_, let scales):
            return Array(repeating: [input.channels], count: scales ? 4 : 3)
        case .prelu:
            return [[1, 1, input.channels]]
        default:
            return []
        }
    }

    /// Finds each layer's tensors in a file.
    ///
    /// - Throws: a `WeightFileError` when the file is another network's: the first tensor that does not fit, with the
    ///   shapes expected and found.
    func assign(_ file: KerasWeightFile) throws(WeightFileError) -> [Int: [KerasWeightFile.Weight]] {
        var assigned: [Int: [KerasWeightFile.Weight]] = [:]
        var rest = file.layers[...]
        for index in fileOrder() {
            let expected = weightShapes(of: index)
            guard !expected.isEmpty else { continue }
            guard let found = rest.popFirst() else { throw wrongModel(file) }
            for (place, shape) in expected.enumerated() {
                guard place < found.weights.count else {
                    throw WeightFileError(
                        file: file.path, reason: .missingTensor("\(found.name), number \(place + 1), of shape \(shape)")
                    )
                }
                let weight = found.weights[place]
                guard weight.shape == shape else {
                    throw WeightFileError(
                        file: file.path,
                        reason: .wrongShape(tensor: weight.name, expected: shape, found: weight.shape))
                }
            }
            guard found.weights.count == expected.count else { throw wrongModel(file) }
            assigned[index] = found.weights
        }
        guard rest.isEmpty else { throw wrongModel(file) }
        return assigned
    }

    private func wrongModel(_ file: KerasWeightFile) -> WeightFileError {
        let expected = fileOrder().filter { !weightShapes(of: $0).isEmpty }
        func count(_ layers: Int, _ tensors: Int) -> String { "\(layers) layers with \(tensors) tensors" }
        let wanted = count(expected.count, expected.reduce(0) { $0 + weightShapes(of: $1).count })
        let found = count(file.layers.count, file.layers.reduce(0) { $0 + $1.weights.count })
        return WeightFileError(file: file.path, reason: .wrongModel("it holds \(found), and \(name) has \(wanted)"))
    }
}
