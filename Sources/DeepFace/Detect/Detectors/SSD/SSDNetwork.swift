import Inference

/// The network of OpenCV's face detector: 300 × 300 pixels, blue, green, red; out come a box's offsets and the
/// probabilities of anything else and of a face, for each of its priors (`SSDPriors`).
///
/// Source: samples/dnn/face_detector/deploy.prototxt of OpenCV.
extension StoredNetwork {
    /// As OpenCV has it since July 2019 (https://github.com/opencv/opencv/pull/15118), and before padding came in
    /// (https://github.com/opencv/opencv/pull/10216).
    static let ssd = ssd("ssd", lastPadding: 0)
    /// With padding in the last layers, as in OpenCV 3.4.0, whose file Python DeepFace uses: boxes of large faces come
    /// twice, and where nothing is.
    static let ssdPadded = ssd("ssd-padded", lastPadding: 1)

    private static func ssd(_ name: String, lastPadding: Int) -> StoredNetwork {
        StoredNetwork(
            name: name,
            files: [
                .web(
                    "res10_300x300_ssd_iter_140000.caffemodel", size: 10_666_211,
                    sha256: "2a56a11a57a4a295956b0660b4a3d76bbdca2206c4961cea8efe7d95c7cb2f2d",
                    licence: "LicenseRef-Unstated",
                    "https://github.com/opencv/opencv_3rdparty/raw/dnn_samples_face_detector_20170830/res10_300x300_ssd_iter_140000.caffemodel"
                )
            ],
            form: .built { graph, paths throws(WeightFileError) in
                var network = SSDNetwork(graph: graph, weights: try CaffeModel(contentsOf: paths[0]))
                try network.build(lastPadding: lastPadding)
                graph = network.graph
            })
    }
}

private struct SSDNetwork {
    var graph: GraphBuilder
    let weights: CaffeModel
    private var offsets: [Value] = []
    private var scores: [Value] = []

    typealias Value = GraphBuilder.Value

    init(graph: GraphBuilder, weights: CaffeModel) {
        (self.graph, self.weights) = (graph, weights)
    }

    mutating func build(lastPadding: Int) throws(WeightFileError) {
        let side = SSDPriors.side
        var x = graph.input("pixels", shape: [.free("batch"), .fixed(3), .fixed(side), .fixed(side)])
        let pixels = try normalization("data_bn", "data_scale", 3)
        x = graph.scaled(x, by: pixels.scale, shift: pixels.shift, rank: 4)
        x = graph.relu(
            try convolution(
                x, "conv1_h", 3, 32, size: 7, stride: 2, biased: true,
                then: normalization("conv1_bn_h", "conv1_scale_h", 32)))
        x = graph.maxPool(x, size: 3, stride: 2, roundingUp: true)
        x = graph.add(try pair(x, "layer_64_1", ("conv1_h", "bn2_h", "scale2_h", "conv2_h"), 32, 32, 32), x)
        x = try normalized(x, "layer_128_1", "_h", 32)
        x = graph.add(
            try pair(x, "layer_128_1", ("conv1_h", "bn2", "scale2", "conv2"), 32, 128, 128, stride: 2),
            try convolution(x, "layer_128_1_conv_expand_h", 32, 128, size: 1, stride: 2))
        x = try normalized(x, "layer_256_1", "", 128)
        try head(unitLength(x, "conv4_3_norm", 128), "conv4_3_norm", 128, boxes: 4)
        x = graph.add(
            try pair(x, "layer_256_1", ("conv1", "bn2", "scale2", "conv2"), 128, 256, 256, stride: 2),
            try convolution(x, "layer_256_1_conv_expand", 128, 256, size: 1, stride: 2))
        x = try normalized(x, "layer_512_1", "", 256)
        x = graph.add(
            try pair(x, "layer_512_1", ("conv1_h", "bn2_h", "scale2_h", "conv2_h"), 256, 128, 256, dilation: 2),
            try convolution(x, "layer_512_1_conv_expand_h", 256, 256, size: 1))
        let last = try normalization("last_bn_h", "last_scale_h", 256)
        x = graph.relu(graph.scaled(x, by: last.scale, shift: last.shift, rank: 4))
        try head(x, "fc7", 256, boxes: 6)
        x = try smaller(x, "conv6", 256, 128, 256, stride: 2, padding: 1)
        try head(x, "conv6_2", 256, boxes: 6)
        x = try smaller(x, "conv7", 256, 64, 128, stride: 2, padding: 1)
        try head(x, "conv7_2", 128, boxes: 6)
        x = try smaller(x, "conv8", 128, 64, 128, stride: 1, padding: lastPadding)
        try head(x, "conv8_2", 128, boxes: 4)
        x = try smaller(x, "conv9", 128, 64, 128, stride: 1, padding: lastPadding)
        try head(x, "conv9_2", 128, boxes: 4)
        graph.output(graph.concatenate(offsets, axis: 1), rank: 3)
        graph.output(graph.softmax(graph.concatenate(scores, axis: 1), axis: 2), rank: 3)
    }

    /// Two convolutions, the first normalized.
    private mutating func pair(
        _ x: Value, _ name: String, _ parts: (String, String, String, String), _ channels: Int, _ inner: Int,
        _ filters: Int, stride: Int = 1, dilation: Int = 1
    ) throws(WeightFileError) -> Value {
        let change = try normalization("\(name)_\(parts.1)", "\(name)_\(parts.2)", inner)
        let y = try convolution(x, "\(name)_\(parts.0)", channels, inner, size: 3, stride: stride, then: change)
        return try convolution(graph.relu(y), "\(name)_\(parts.3)", inner, filters, size: 3, dilation: dilation)
    }

    /// What begins a block of the residual network.
    private mutating func normalized(
        _ x: Value, _ name: String, _ ending: String, _ channels: Int
    ) throws(WeightFileError) -> Value {
        let change = try normalization("\(name)_bn1\(ending)", "\(name)_scale1\(ending)", channels)
        return graph.relu(graph.scaled(x, by: change.scale, shift: change.shift, rank: 4))
    }

    /// Two convolutions that lead to the next, smaller grid.
    private mutating func smaller(
        _ x: Value, _ name: String, _ channels: Int, _ inner: Int, _ filters: Int, stride: Int, padding: Int
    ) throws(WeightFileError) -> Value {
        let y = graph.relu(try convolution(x, "\(name)_1_h", channels, inner, size: 1, biased: true))
        return graph.relu(
            try convolution(
                y, "\(name)_2_h", inner, filters, size: 3, stride: stride, padding: padding, biased: true))
    }

    /// Each pixel's channels scaled to a vector of length 1, then each channel by its own number.
    private mutating func unitLength(
        _ x: Value, _ name: String, _ channels: Int
    ) throws(WeightFileError) -> Value {
        let squares = graph.node("ReduceSum", [graph.node("Mul", [x, x]), graph.constant([1])])
        let length = graph.node("Sqrt", [graph.add(squares, graph.constant([Float(1e-10)], shape: [1]))])
        let scale = try values("\(name)/0", [channels])
        return graph.node(
            "Mul", [graph.node("Div", [x, length]), graph.constant(scale, shape: [channels, 1, 1])])
    }

    /// What a grid says of its boxes, a row a box.
    private mutating func head(
        _ x: Value, _ name: String, _ channels: Int, boxes: Int
    ) throws(WeightFileError) {
        for (part, length) in [("loc", 4), ("conf", 2)] {
            let y = try convolution(x, "\(name)_mbox_\(part)", channels, boxes * length, size: 3, biased: true)
            let rows = graph.node("Reshape", [graph.transpose(y, [0, 2, 3, 1]), graph.constant([0, -1, length])])
            if part == "loc" { offsets.append(rows) } else { scores.append(rows) }
        }
    }

    /// A convolution, and the normalization after it where there is one.
    private mutating func convolution(
        _ x: Value, _ name: String, _ channels: Int, _ filters: Int, size: Int, stride: Int = 1, padding: Int? = nil,
        dilation: Int = 1, biased: Bool = false, then change: ChannelChange = .unchanged
    ) throws(WeightFileError) -> Value {
        let shape = [filters, channels, size, size]
        let kernel = Tensor(shape: shape, values: change.scaling(try values("\(name)/0", shape)))
        let bias = biased ? try values("\(name)/1", [filters]) : nil
        return graph.convolution(
            x, kernel: kernel, bias: change.shifting(bias), stride: stride,
            padding: .init(padding ?? size / 2 * dilation), dilation: dilation)
    }

    /// A batch normalization, whose mean and variance the file has times a number, and the scaling after it.
    private func normalization(
        _ name: String, _ scaling: String, _ channels: Int
    ) throws(WeightFileError) -> ChannelChange {
        let factor = try values("\(name)/2", [1])[0]
        func statistic(_ index: Int) throws(WeightFileError) -> [Float] {
            try values("\(name)/\(index)", [channels]).map { factor == 0 ? 0 : $0 / factor }
        }
        return ChannelChange(
            gamma: try values("\(scaling)/0", [channels]), beta: try values("\(scaling)/1", [channels]),
            mean: try statistic(0), variance: try statistic(1), epsilon: 1e-5)
    }

    private func values(_ name: String, _ shape: [Int]) throws(WeightFileError) -> [Float] {
        try weights.tensor(name, shape: shape).values
    }
}
