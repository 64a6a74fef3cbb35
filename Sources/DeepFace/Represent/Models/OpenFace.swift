import Inference

extension RecognitionModel {
    /// OpenFace: nn4.small2, 128 numbers (Amos et al., CMU-CS-16-118).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/OpenFace.py. Thresholds and confidence
    /// curves are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let openFace = RecognitionModel(
        name: "OpenFace", summary: "nn4.small2, 128 numbers", dimensions: 128,
        input: Input(width: 96, height: 96, channels: .bgr, levels: .normalized),
        network: .keras(.openFace) { .openFace },
        template: nil, training: "eyes and nose laid on a template of 96 pixels", lfw: 92.92,
        thresholds: MetricTable(cosine: 0.1, euclidean: 0.55, euclideanL2: 0.55, angular: 0.11),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -2.932562678842587, bias: -2.0582304636838518, normalizer: 0.884469,
                same: 8.832401641007316...10.546657497687274, different: 0.9452381276992784...8.535900401000742),
            euclidean: ConfidenceCurve(
                weight: -5.829345103053105, bias: 1.4390680732209533, normalizer: 1.330015,
                same: 27.506182086242408...60.28549643159932, different: 1.2245483461697035...27.058382251505012),
            euclideanL2: ConfidenceCurve(
                weight: -5.82934526003372, bias: 1.4390681633867946, normalizer: 1.330015,
                same: 27.506182591043363...60.28549793162577, different: 1.224548265353685...27.058382739158215),
            angular: ConfidenceCurve(
                weight: -0.5288927551138177, bias: -4.450627600247528, normalizer: 0.463143,
                same: 1.0914425266009675...1.109656206367124, different: 0.9052858972210456...1.0887229955132125)),
        range: -0.34191709756851196...0.26318004727363586)
}

extension PublishedFile {
    static let openFace = deepfaceRelease(
        "openface_weights.h5", size: 15_307_128,
        sha256: "5b41897ec6dd762cee20575eee54ed4d719a78cb982b2080a87dc14887d88a7a", licence: "Apache-2.0")
}

extension KerasNetwork {
    fileprivate static var openFace: KerasNetwork {
        var net = KerasNetwork(name: "OpenFace", height: 96, width: 96)
        var x = net.block(net.zeroPadding(net.input, 3), 64, .init(7, stride: 2))
        x = net.maxPool(net.zeroPadding(x, 1), .init(3, stride: 2))
        x = net.block(net.localResponse(x), 64, .init(1))
        x = net.block(net.zeroPadding(x, 1), 192, .init(3))
        x = net.maxPool(net.zeroPadding(net.localResponse(x), 1), .init(3, stride: 2))

        x = net.inception(
            x, three: (96, 128), five: (16, 32), pool: .maximum(32, .init(top: 3, left: 3, bottom: 4, right: 4)),
            one: 64)
        x = net.inception(x, three: (96, 128), five: (32, 64), pool: .length(64, .init(4)), one: 64)
        x = net.inception(x, three: (128, 256), five: (32, 64), stride: 2, pool: .bare)
        x = net.inception(x, three: (96, 192), five: (32, 64), pool: .length(128, .init(2)), one: 256)
        x = net.inception(x, three: (160, 256), five: (64, 128), stride: 2, pool: .bare)
        x = net.inception(x, three: (96, 384), pool: .length(96, .init(1)), one: 256)
        x = net.inception(x, three: (96, 384), pool: .maximum(96, .init(1)), one: 256)

        x = net.dense(net.flatten(net.averagePool(x, .init(3))), 128)
        net.outputs = [
            net.lambda(x) { graph, inputs in
                // As tf.math.l2_normalize.
                let floor = graph.constant([1e-6], shape: [1, 1])
                return graph.node("Div", [inputs[0], graph.node("Max", [graph.norm(inputs[0]), floor])])
            }
        ]
        return net
    }

    /// What an inception block makes of the image's neighbourhoods.
    private enum Pool {
        /// Their maxima, so many filters, and zeros around.
        case maximum(Int, GraphBuilder.Padding)
        /// The Euclidean length of each 3 × 3 of them, so many filters, and zeros around.
        case length(Int, GraphBuilder.Padding)
        /// Their maxima as they are, with a row and a column of zeros.
        case bare
    }

    private mutating func block(_ x: Node, _ filters: Int, _ window: Window) -> Node {
        relu(batchNormalization(convolution(x, filters, window), epsilon: 1e-5))
    }

    private mutating func inception(
        _ x: Node, three: (inner: Int, outer: Int), five: (inner: Int, outer: Int)? = nil, stride: Int = 1, pool: Pool,
        one: Int? = nil
    ) -> Node {
        let narrow = block(x, three.inner, .init(1))
        var ends = [block(zeroPadding(narrow, 1), three.outer, .init(3, stride: stride))]
        if let five {
            let narrow = block(x, five.inner, .init(1))
            ends.append(block(zeroPadding(narrow, 2), five.outer, .init(5, stride: stride)))
        }
        switch pool {
        case .maximum(let filters, let zeros):
            ends.append(zeroPadding(block(maxPool(x, .init(3, stride: 2)), filters, .init(1)), zeros))
        case .length(let filters, let zeros):
            let squares = lambda(x) { graph, inputs in graph.node("Mul", [inputs[0], inputs[0]]) }
            let sums = scale(averagePool(squares, .init(3, stride: 3)), by: 9)
            let lengths = lambda(sums) { graph, inputs in graph.node("Sqrt", inputs) }
            ends.append(zeroPadding(block(lengths, filters, .init(1)), zeros))
        case .bare:
            let maxima = maxPool(x, .init(3, stride: 2))
            ends.append(zeroPadding(maxima, .init(top: 0, left: 0, bottom: 1, right: 1)))
        }
        if let one { ends.append(block(x, one, .init(1))) }
        return concatenate(ends)
    }

    /// tf.nn.lrn(x, alpha: 1e-4, beta: 0.75): each number by (1 + alpha × the squares of its eleven neighbouring
    /// channels' sum) ^ beta. The sums are a convolution, which engines are better at than at ONNX's LRN.
    private mutating func localResponse(_ x: Node) -> Node {
        let channels = self[x].shape.channels
        let neighbours = (0..<channels * channels).map { index in
            abs(index / channels - index % channels) <= 5 ? Float(1e-4) : 0
        }
        return lambda(x) { graph, inputs in
            let sums = graph.convolution(
                graph.node("Mul", [inputs[0], inputs[0]]),
                kernel: Tensor(shape: [channels, channels, 1, 1], values: neighbours),
                bias: Array(repeating: 1, count: channels))
            let root = graph.node("Sqrt", [sums])
            return graph.node("Div", [inputs[0], graph.node("Mul", [root, graph.node("Sqrt", [root])])])
        }
    }
}
