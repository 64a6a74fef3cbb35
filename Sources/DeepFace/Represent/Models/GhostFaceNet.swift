import Inference

extension RecognitionModel {
    /// GhostFaceNet: GhostNet 1.3 × as wide with ArcFace loss, 512 numbers (Alansari et al., IEEE Access 2023).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/GhostFaceNet.py. Thresholds and confidence
    /// curves are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let ghostFaceNet = RecognitionModel(
        name: "GhostFaceNet", summary: "GhostNet with ArcFace loss, 512 numbers", dimensions: 512,
        input: Input(width: 112, height: 112, channels: .bgr, levels: .normalized),
        network: .keras(.ghostFaceNet) { .ghostFaceNet },
        template: .arcFace, training: "five points laid on the template of 112 pixels", lfw: 99.73,
        thresholds: MetricTable(cosine: 0.65, euclidean: 35.71, euclideanL2: 1.1, angular: 0.38),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -6.595823624282929, bias: 2.4180964556128584, normalizer: 1.155661,
                same: 22.700531204915876...84.65757505749636, different: 1.5101757980158446...15.08427020899693),
            euclidean: ConfidenceCurve(
                weight: -6.506709483088198, bias: 2.935230928728856, normalizer: 52.150135,
                same: 24.63718600288871...73.09358661728027, different: 2.7345457334612155...16.513245368123492),
            euclideanL2: ConfidenceCurve(
                weight: -6.572852118241916, bias: 3.3068829731570824, normalizer: 1.520303,
                same: 20.08886780040665...75.95533899593255, different: 3.675727926946401...17.84278657570624),
            angular: ConfidenceCurve(
                weight: -5.588606771251277, bias: 0.48845693581021543, normalizer: 0.549751,
                same: 16.49081504576138...39.92978715270581, different: 7.018276839135204...16.143233933992967)),
        normTellsQuality: true)
}

extension PublishedFile {
    static let ghostFaceNet = web(
        "ghostfacenet_v1.h5", size: 17_271_840,
        sha256: "e4182ca2470dac3eb79974f4d5d54f2abdf66d7e231c6f3df4059a90bded1271", licence: "MIT",
        "https://github.com/HamadYA/GhostFaceNets/releases/download/v1.2/GhostFaceNet_W1.3_S1_ArcFace.h5")
}

extension KerasNetwork {
    fileprivate static var ghostFaceNet: KerasNetwork {
        var net = KerasNetwork(name: "GhostFaceNet", height: 112, width: 112)
        var x = net.prelu(net.normalized(net.convolution(net.input, 20, .init(3, .same), bias: false)))
        for block in GhostBlock.all { x = net.bottleneck(x, block) }
        x = net.prelu(net.normalized(net.convolution(x, 664, .init(1), bias: false)))
        x = net.batchNormalization(net.depthwiseConvolution(x, .init(7)))
        x = net.flatten(net.convolution(x, 512, .init(1)))
        net.outputs = [net.activation(net.batchNormalization(x), .linear)]
        return net
    }

    private mutating func normalized(_ x: Node) -> Node { batchNormalization(x) }

    /// Half of the channels by a convolution, the other half cheaply from those.
    private mutating func ghost(_ x: Node, half: Int, activated: Bool) -> Node {
        var own = normalized(convolution(x, half, .init(1, .same), bias: false))
        if activated { own = prelu(own) }
        var ghosts = normalized(depthwiseConvolution(own, .init(3, .same)))
        if activated { ghosts = prelu(ghosts) }
        return concatenate([own, ghosts])
    }

    private mutating func bottleneck(_ x: Node, _ block: GhostBlock) -> Node {
        let window = Window(block.size, stride: block.stride, .same)
        var inner = ghost(x, half: block.inner, activated: true)
        if block.stride > 1 { inner = normalized(depthwiseConvolution(inner, window)) }
        if let squeezed = block.squeezed { inner = attention(inner, squeezed: squeezed) }
        inner = ghost(inner, half: block.outer, activated: false)
        guard self[x].shape != self[inner].shape else { return add(x, inner) }
        let halved = normalized(depthwiseConvolution(x, window))
        return add(normalized(convolution(halved, 2 * block.outer, .init(1), bias: false)), inner)
    }

    /// Each channel weighed by what the whole image shows.
    private mutating func attention(_ x: Node, squeezed: Int) -> Node {
        let narrow = prelu(convolution(pixel(globalAveragePool(x)), squeezed, .init(1)))
        let wide = convolution(narrow, self[x].shape.channels, .init(1))
        return multiply(x, activation(wide, .hardSigmoid))
    }
}

/// A block's numbers of channels: half of the inner ones, half of the outer ones, and those its attention is squeezed
/// to.
private struct GhostBlock {
    let inner, outer: Int
    var squeezed: Int?
    var size = 3
    var stride = 1

    static let all = [
        GhostBlock(inner: 10, outer: 10),
        GhostBlock(inner: 32, outer: 16, stride: 2),
        GhostBlock(inner: 46, outer: 16),
        GhostBlock(inner: 46, outer: 26, squeezed: 24, size: 5, stride: 2),
        GhostBlock(inner: 78, outer: 26, squeezed: 40),
        GhostBlock(inner: 156, outer: 52, stride: 2),
        GhostBlock(inner: 130, outer: 52),
        GhostBlock(inner: 120, outer: 52),
        GhostBlock(inner: 120, outer: 52),
        GhostBlock(inner: 312, outer: 72, squeezed: 156),
        GhostBlock(inner: 436, outer: 72, squeezed: 220),
        GhostBlock(inner: 436, outer: 104, squeezed: 220, size: 5, stride: 2),
        GhostBlock(inner: 624, outer: 104),
        GhostBlock(inner: 624, outer: 104, squeezed: 312),
        GhostBlock(inner: 624, outer: 104),
        GhostBlock(inner: 332, outer: 104, squeezed: 168),
    ]
}
