import Inference

extension DetectorModel {
    /// RetinaFace with a small MobileNet: boxes and five points (github.com/biubug6/Face-Detector-1MB-with-landmark).
    ///
    /// Its largest anchors have 256 pixels and it was trained on pictures of 300: in much larger ones it takes the
    /// parts of a large face for faces. So photos are scaled down to a longest side of 640 by default, and faces from
    /// about a fiftieth of that are found.
    public static let retinafaceMobileNet = DetectorModel(
        name: "retinaface-mobilenet", summary: "RetinaFace with a MobileNet, eyes, nose and mouth corners",
        networks: [.retinaFaceMobileNet], workingSide: 640, isPythons: false
    ) { resources throws(DeepFaceError) in
        RetinaFaceDetector(
            network: try resources.alone.network(.retinaFaceMobileNet), grid: .mobileNet,
            layout: PlaneLayout(mean: [104, 117, 123]), threshold: 0.8, parity: false)
    }
}

extension AnchorGrid {
    /// Anchors and decoding: data/config.py and utils/box_utils.py of that repository.
    static let mobileNet = AnchorGrid(
        levels: [
            Level(stride: 8, sides: [10, 20], first: 4), Level(stride: 16, sides: [32, 64], first: 8),
            Level(stride: 32, sides: [128, 256], first: 16),
        ], position: 0.1, size: 0.2, edge: 0)
}

extension PublishedFile {
    static let retinaFaceMobileNet = web(
        "mobilenet0.25_Final.pth", size: 1_789_735,
        sha256: "ed6fa7d45a5179f03cb5ce82c73b0c6711372968e53782e88395acee88d319e1", licence: "MIT",
        "https://github.com/biubug6/Face-Detector-1MB-with-landmark/raw/master/weights/mobilenet0.25_Final.pth")
}

extension StoredNetwork {
    /// Takes pictures of any size, blue, green, red of 0 to 255 less the mean; gives the outputs of
    /// `KerasNetwork.retinaFace` for strides of 8, 16 and 32 pixels. Source: models/net.py of that repository.
    static let retinaFaceMobileNet = StoredNetwork(
        name: "retinaface-mobilenet", files: [.retinaFaceMobileNet],
        form: .built { graph, paths throws(WeightFileError) in
            var network = MobileRetinaFace(graph: graph, weights: try PyTorchCheckpoint(contentsOf: paths[0]))
            try network.build()
            graph = network.graph
        })
}

private struct MobileRetinaFace {
    var graph: GraphBuilder
    let weights: PyTorchCheckpoint

    typealias Value = GraphBuilder.Value

    /// The channels that each stage's blocks give; every first block but the first stage's halves the image.
    private static let stages: [[(filters: Int, stride: Int)]] = [
        [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1)],
        [(128, 2), (128, 1), (128, 1), (128, 1), (128, 1), (128, 1)],
        [(256, 2), (256, 1)],
    ]

    mutating func build() throws(WeightFileError) {
        let pixels = graph.input("pixels", shape: [.free("batch"), .fixed(3), .free("rows"), .free("columns")])
        var x = try convolution(pixels, "body.stage1.0", 3, 8, size: 3, stride: 2)
        var channels = 8
        var levels: [Value] = []
        for (stage, blocks) in Self.stages.enumerated() {
            for (index, block) in blocks.enumerated() {
                // The first stage begins with the plain convolution.
                let name = "body.stage\(stage + 1).\(stage == 0 ? index + 1 : index)"
                x = try separable(x, name, channels, block.filters, stride: block.stride)
                channels = block.filters
            }
            levels.append(try convolution(x, "fpn.output\(stage + 1)", channels, 64))
        }
        levels[1] = try merged(levels[2], levels[1], "fpn.merge2")
        levels[0] = try merged(levels[1], levels[0], "fpn.merge1")
        for (number, level) in levels.enumerated() { try heads(try context(level, "ssh\(number + 1)"), number) }
    }

    /// Looks at each channel's neighbourhoods, then at all channels.
    private mutating func separable(
        _ x: Value, _ name: String, _ channels: Int, _ filters: Int, stride: Int
    ) throws(WeightFileError) -> Value {
        let seen = try convolution(x, name, channels, channels, size: 3, stride: stride, groups: channels)
        return try convolution(seen, name, channels, filters, place: 3)
    }

    /// A level with what the coarser one knows.
    private mutating func merged(_ coarse: Value, _ level: Value, _ name: String) throws(WeightFileError) -> Value {
        let sum = graph.add(level, graph.cropped(graph.upsampled(coarse), like: level))
        return try convolution(sum, name, 64, 64, size: 3)
    }

    /// Convolutions that see 3, 5 and 7 pixels far, side by side.
    private mutating func context(_ x: Value, _ name: String) throws(WeightFileError) -> Value {
        let near = try convolution(x, "\(name).conv3X3", 64, 32, size: 3)
        let inner = try convolution(x, "\(name).conv5X5_1", 64, 16, size: 3)
        let far = try convolution(inner, "\(name).conv5X5_2", 16, 16, size: 3)
        let farther = try convolution(inner, "\(name).conv7X7_2", 16, 16, size: 3)
        return graph.concatenate([near, far, try convolution(farther, "\(name).conv7x7_3", 16, 16, size: 3)], axis: 1)
    }

    private mutating func heads(_ x: Value, _ level: Int) throws(WeightFileError) {
        // The file has both classes of the first anchor and then of the second.
        let scores = try head(x, "ClassHead.\(level)", order: [0, 2, 1, 3])
        graph.output(graph.anchorProbabilities(scores), rank: 4)
        graph.output(try head(x, "BboxHead.\(level)", order: Array(0..<8)), rank: 4)
        graph.output(try head(x, "LandmarkHead.\(level)", order: Array(0..<20)), rank: 4)
    }

    /// A 1 × 1 convolution, its filters in this order of the file's.
    private mutating func head(_ x: Value, _ name: String, order: [Int]) throws(WeightFileError) -> Value {
        let kernel = try values("\(name).conv1x1.weight", [order.count, 64, 1, 1])
        let bias = try values("\(name).conv1x1.bias", [order.count])
        return graph.convolution(
            x,
            kernel: Tensor(
                shape: [order.count, 64, 1, 1], values: order.flatMap { kernel[$0 * 64..<($0 + 1) * 64] }),
            bias: order.map { bias[$0] })
    }

    /// A convolution, its batch normalization, and no number below zero. What the authors do not cut off at zero they
    /// cut behind the concatenation.
    private mutating func convolution(
        _ x: Value, _ name: String, _ channels: Int, _ filters: Int, size: Int = 1, stride: Int = 1, groups: Int = 1,
        place: Int = 0
    ) throws(WeightFileError) -> Value {
        let shape = [filters, channels / groups, size, size]
        func part(_ part: String) throws(WeightFileError) -> [Float] {
            try values("\(name).\(place + 1).\(part)", [filters])
        }
        let change = ChannelChange(
            gamma: try part("weight"), beta: try part("bias"), mean: try part("running_mean"),
            variance: try part("running_var"), epsilon: 1e-5)
        let kernel = change.scaling(try values("\(name).\(place).weight", shape))
        return graph.relu(
            graph.convolution(
                x, kernel: Tensor(shape: shape, values: kernel), bias: change.shift, stride: stride,
                padding: .init(size / 2), groups: groups))
    }

    /// Files written from several processors at once put "module." before every name.
    private func values(_ name: String, _ shape: [Int]) throws(WeightFileError) -> [Float] {
        let prefixed = "module.\(name)"
        return try weights.tensor(weights.names.contains(prefixed) ? prefixed : name, shape: shape).values
    }
}
