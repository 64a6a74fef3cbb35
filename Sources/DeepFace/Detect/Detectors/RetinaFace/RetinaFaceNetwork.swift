import Inference

/// RetinaFace with a ResNet-50 (Deng et al., CVPR 2020), as the package `retina-face` 0.0.19 writes it in Keras
/// (retinaface/model/retinaface_model.py): pictures of any size, red, green, blue of 0 to 255.
///
/// Outputs for strides of 32, 16 and 8 pixels, each a batch × channels × rows × columns: probabilities (two anchors'
/// background, two anchors' face), box offsets (four an anchor), points (five an anchor, x and y).
extension KerasNetwork {
    static var retinaFace: KerasNetwork {
        var net = KerasNetwork(name: "RetinaFace", height: nil, width: nil)
        let x = net.normalization(net.input)
        var body = net.normalized(net.convolution(net.zeroPadding(x, 3), 64, .init(7, stride: 2), bias: false))
        body = net.maxPool(net.zeroPadding(body, 1), .init(3, stride: 2))
        // What comes out of the middle of a stage's first block, before it halves the image.
        var taps: [Node] = []
        for (stage, (width, units)) in [(64, 3), (128, 4), (256, 6), (512, 3)].enumerated() {
            for unit in 0..<units {
                body = net.unit(
                    body, width, stride: unit == 0 && stage > 0 ? 2 : 1, widens: unit == 0, tap: &taps)
            }
        }
        body = net.normalized(body)

        let coarse = net.lateral(body)
        let middle = net.merged(coarse, net.lateral(taps[3]))
        let fine = net.merged(middle, net.lateral(taps[2]))
        net.outputs = [coarse, middle, fine].flatMap { net.heads(net.context($0)) }
        return net
    }

    private mutating func normalization(_ x: Node) -> Node { batchNormalization(x, epsilon: 2e-5) }

    private mutating func normalized(_ x: Node) -> Node { relu(normalization(x)) }

    /// A residual block that normalizes before it convolves.
    private mutating func unit(_ x: Node, _ width: Int, stride: Int, widens: Bool, tap: inout [Node]) -> Node {
        let first = normalized(x)
        let middle = normalized(convolution(first, width, .init(1), bias: false))
        if widens { tap.append(middle) }
        let seen = normalized(convolution(zeroPadding(middle, 1), width, .init(3, stride: stride), bias: false))
        let made = convolution(seen, 4 * width, .init(1), bias: false)
        return add(made, widens ? convolution(first, 4 * width, .init(1, stride: stride), bias: false) : x)
    }

    private mutating func lateral(_ x: Node) -> Node { normalized(convolution(x, 256, .init(1))) }

    /// A level with what the coarser one knows.
    private mutating func merged(_ coarse: Node, _ lateral: Node) -> Node {
        // The coarse level's image is a row or column too large where the level has an odd number of them.
        let sum = add(lateral, cropping(upsampling(coarse), like: lateral))
        return normalized(wide(sum, 256))
    }

    /// Convolutions that see 3, 5 and 7 pixels far, side by side (Najibi et al., ICCV 2017).
    private mutating func context(_ x: Node) -> Node {
        let near = normalization(wide(x, 256))
        let inner = normalized(wide(x, 128))
        let far = normalization(wide(inner, 128))
        let farther = normalization(wide(normalized(wide(inner, 128)), 128))
        return relu(concatenate([near, far, farther]))
    }

    private mutating func wide(_ x: Node, _ filters: Int) -> Node {
        convolution(zeroPadding(x, 1), filters, .init(3))
    }

    private mutating func heads(_ x: Node) -> [Node] {
        let scores = convolution(x, 4, .init(1))
        let probabilities = lambda(scores) { graph, inputs in graph.anchorProbabilities(inputs[0]) }
        return [probabilities, convolution(x, 8, .init(1)), convolution(x, 20, .init(1))]
    }
}

extension GraphBuilder {
    /// Two classes' scores, each of two anchors, as probabilities: batch × 4 × rows × columns.
    mutating func anchorProbabilities(_ scores: Value) -> Value {
        let classes = node("Reshape", [scores, constant([0, 2, -1, 0])])
        return node("Reshape", [softmax(classes, axis: 1), constant([0, 4, -1, 0])])
    }
}
