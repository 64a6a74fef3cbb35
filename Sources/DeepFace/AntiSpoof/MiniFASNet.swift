import Inference

/// The two networks of Silent-Face-Anti-Spoofing, pruned MobileFaceNets: 80 × 80 pixels, blue, green, red of 0 to 255;
/// out come the probabilities of three classes, the second being a live face. Source: src/model_lib/MiniFASNet.py of
/// that repository.
extension StoredNetwork {
    package static let miniFASNetV2 = miniFASNet(
        "MiniFASNetV2",
        web: "2.7_80x80_MiniFASNetV2.pth", size: 1_849_453,
        sha256: "a5eb02e1843f19b5386b953cc4c9f011c3f985d0ee2bb9819eea9a142099bec0",
        widths: [[13, 13, 13, 13], [231, 52, 26, 77, 26, 26], [26, 26]], attention: false)
    package static let miniFASNetV1SE = miniFASNet(
        "MiniFASNetV1SE",
        web: "4_0_0_80x80_MiniFASNetV1SE.pth", size: 1_856_130,
        sha256: "84ee1d37d96894d5e82de5a57df044ef80a58be2b218b5ed7cdfd875ec2f5990",
        widths: [[13, 26, 13, 52], [154, 52, 26, 52, 26, 26], [26, 26]], attention: true)

    /// - Parameters:
    ///   - widths: the inner channels of the blocks of the three stages.
    ///   - attention: whether the last block of a stage weighs its channels.
    private static func miniFASNet(
        _ name: String, web file: String, size: Int, sha256: String, widths: [[Int]], attention: Bool
    ) -> StoredNetwork {
        let address =
            "https://github.com/minivision-ai/Silent-Face-Anti-Spoofing/raw/master/resources/anti_spoof_models/\(file)"
        return StoredNetwork(
            name: name, files: [.web(file, size: size, sha256: sha256, licence: "Apache-2.0", address)],
            form: .built { graph, paths throws(WeightFileError) in
                var network = MiniFASNet(graph: graph, weights: try PyTorchCheckpoint(contentsOf: paths[0]))
                try network.build(widths: widths, attention: attention)
                graph = network.graph
            })
    }
}

private struct MiniFASNet {
    var graph: GraphBuilder
    let weights: PyTorchCheckpoint

    typealias Value = GraphBuilder.Value

    mutating func build(widths: [[Int]], attention: Bool) throws(WeightFileError) {
        var x = graph.input("pixels", shape: [.free("batch"), .fixed(3), .fixed(80), .fixed(80)])
        x = try convolution(x, "conv1", 3, 32, size: 3, stride: 2)
        x = try convolution(x, "conv2_dw", 32, 32, size: 3, groups: 32)
        x = try block(x, "conv_23", 32, inner: 103, 64, stride: 2)
        x = try stage(x, "conv_3", 64, widths[0], attention: attention)
        x = try block(x, "conv_34", 64, inner: 231, 128, stride: 2)
        x = try stage(x, "conv_4", 128, widths[1], attention: attention)
        x = try block(x, "conv_45", 128, inner: 308, 128, stride: 2)
        x = try stage(x, "conv_5", 128, widths[2], attention: attention)
        x = try convolution(x, "conv_6_sep", 128, 512)
        x = graph.flatten(
            try convolution(x, "conv_6_dw", 512, 512, size: 5, padding: 0, groups: 512, activated: false))
        let change = try normalization("bn", 128)
        let matrix = change.scaling(try values("linear.weight", [128, 512]))
        x = graph.dense(x, weights: Tensor(shape: [128, 512], values: matrix), bias: change.shift)
        let head = try values("prob.weight", [3, 128])
        x = graph.dense(x, weights: Tensor(shape: [3, 128], values: head))
        graph.output(graph.softmax(x, axis: 1), rank: 2)
    }

    /// Blocks that add what they make to what they take.
    private mutating func stage(
        _ x: Value, _ name: String, _ channels: Int, _ widths: [Int], attention: Bool
    ) throws(WeightFileError) -> Value {
        var x = x
        for (index, inner) in widths.enumerated() {
            let name = "\(name).model.\(index)"
            var made = try block(x, name, channels, inner: inner, channels)
            if attention, index == widths.count - 1 { made = try attended(made, "\(name).se_module", channels) }
            x = graph.add(x, made)
        }
        return x
    }

    /// Widens, looks at each channel's neighbourhoods, narrows.
    private mutating func block(
        _ x: Value, _ name: String, _ channels: Int, inner: Int, _ filters: Int, stride: Int = 1
    ) throws(WeightFileError) -> Value {
        let wide = try convolution(x, "\(name).conv", channels, inner)
        let seen = try convolution(wide, "\(name).conv_dw", inner, inner, size: 3, stride: stride, groups: inner)
        return try convolution(seen, "\(name).project", inner, filters, activated: false)
    }

    /// Each channel weighed by what the whole image shows.
    private mutating func attended(_ x: Value, _ name: String, _ channels: Int) throws(WeightFileError) -> Value {
        func kernel(_ part: String, _ shape: [Int], _ change: ChannelChange) throws(WeightFileError) -> Tensor {
            Tensor(shape: shape, values: change.scaling(try values("\(name).\(part).weight", shape)))
        }
        let squeezed = channels / 4
        let (first, second) = (
            try normalization("\(name).bn1", squeezed), try normalization("\(name).bn2", channels)
        )
        let narrow = graph.convolution(
            graph.globalAveragePool(x), kernel: try kernel("fc1", [squeezed, channels, 1, 1], first),
            bias: first.shift)
        let wide = graph.convolution(
            graph.relu(narrow), kernel: try kernel("fc2", [channels, squeezed, 1, 1], second), bias: second.shift)
        return graph.node("Mul", [x, graph.node("Sigmoid", [wide])])
    }

    /// A convolution, its batch normalization, and a PReLU when `activated`.
    private mutating func convolution(
        _ x: Value, _ name: String, _ channels: Int, _ filters: Int, size: Int = 1, stride: Int = 1,
        padding: Int? = nil, groups: Int = 1, activated: Bool = true
    ) throws(WeightFileError) -> Value {
        let shape = [filters, channels / groups, size, size]
        let change = try normalization("\(name).bn", filters)
        let kernel = Tensor(shape: shape, values: change.scaling(try values("\(name).conv.weight", shape)))
        let y = graph.convolution(
            x, kernel: kernel, bias: change.shift, stride: stride, padding: .init(padding ?? size / 2), groups: groups)
        return activated ? graph.prelu(y, slope: try values("\(name).prelu.weight", [filters]), rank: 4) : y
    }

    private func normalization(_ name: String, _ channels: Int) throws(WeightFileError) -> ChannelChange {
        func part(_ part: String) throws(WeightFileError) -> [Float] { try values("\(name).\(part)", [channels]) }
        return ChannelChange(
            gamma: try part("weight"), beta: try part("bias"), mean: try part("running_mean"),
            variance: try part("running_var"), epsilon: 1e-5)
    }

    /// Files written from several processors at once put "module." before every name.
    private func values(_ name: String, _ shape: [Int]) throws(WeightFileError) -> [Float] {
        let prefixed = "module.\(name)"
        return try weights.tensor(weights.names.contains(prefixed) ? prefixed : name, shape: shape).values
    }
}
