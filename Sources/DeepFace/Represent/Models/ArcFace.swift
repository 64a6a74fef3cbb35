import Inference

extension RecognitionModel {
    /// ArcFace: ResNet-34, 512 numbers (Deng et al., CVPR 2019).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/ArcFace.py. Thresholds and confidence curves
    /// are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let arcFace = RecognitionModel(
        name: "ArcFace", summary: "ResNet-34 with ArcFace loss, 512 numbers", dimensions: 512,
        input: Input(width: 112, height: 112, channels: .bgr, levels: .normalized),
        network: .keras(.arcFace) { .arcFace },
        template: .arcFace, training: "five points laid on the template of 112 pixels", lfw: 99.42,
        thresholds: MetricTable(cosine: 0.68, euclidean: 4.15, euclideanL2: 1.13, angular: 0.39),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -6.586150423868342, bias: 2.2617127737265186, normalizer: 1.22267,
                same: 28.687745855666044...82.32544721731948, different: 1.306796127659645...17.210359124614925),
            euclidean: ConfidenceCurve(
                weight: -5.370594347027345, bias: 0.6896763568574544, normalizer: 10.401334,
                same: 19.048164749978937...43.042326442916284, different: 0.9185346995033978...18.682892152590245),
            euclideanL2: ConfidenceCurve(
                weight: -6.541948874098929, bias: 3.2628963901283585, normalizer: 1.563758,
                same: 21.800168694491585...74.93505228104696, different: 3.6296845343803894...15.091078907730523),
            angular: ConfidenceCurve(
                weight: -5.63344888288512, bias: 0.5682159222314143, normalizer: 0.571477,
                same: 18.409621072962818...40.81365081792457, different: 6.59169002231532...15.13985487535995)),
        range: -2.945136308670044...2.087090015411377,
        normTellsQuality: true)
}

extension PublishedFile {
    static let arcFace = deepfaceRelease(
        "arcface_weights.h5", size: 137_026_640,
        sha256: "6336979c0c602cae08d1122a66f4dfb862d059bbcd8ef80306aef2b2249b0c93",
        licence: "LicenseRef-InsightFace-NonCommercial")
}

extension KerasNetwork {
    fileprivate static var arcFace: KerasNetwork {
        var net = KerasNetwork(name: "ArcFace", height: 112, width: 112)
        var x = net.convolution(net.zeroPadding(net.input, 1), 64, .init(3), bias: false)
        x = net.prelu(net.normalization(x))
        for (filters, blocks) in [(64, 3), (128, 4), (256, 6), (512, 3)] {
            for block in 0..<blocks { x = net.residual(x, filters, halves: block == 0) }
        }
        x = net.dense(net.flatten(net.dropout(net.normalization(x))), 512)
        net.outputs = [net.normalization(x)]
        return net
    }

    private mutating func residual(_ x: Node, _ filters: Int, halves: Bool) -> Node {
        let stride = halves ? 2 : 1
        let around = halves ? normalization(convolution(x, filters, .init(1, stride: 2), bias: false)) : x
        var inner = convolution(zeroPadding(normalization(x), 1), filters, .init(3), bias: false)
        inner = prelu(normalization(inner))
        inner = convolution(zeroPadding(inner, 1), filters, .init(3, stride: stride), bias: false)
        return add(around, normalization(inner))
    }

    private mutating func normalization(_ x: Node) -> Node { batchNormalization(x, epsilon: 2e-5) }
}
