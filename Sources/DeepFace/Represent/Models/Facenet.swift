import Inference

extension RecognitionModel {
    /// FaceNet: Inception-ResNet v1, 128 numbers (Schroff et al., CVPR 2015; David Sandberg's weights).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/Facenet.py. Thresholds and confidence curves
    /// are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let facenet = RecognitionModel(
        name: "Facenet", summary: "Inception-ResNet v1, 128 numbers", dimensions: 128,
        input: Input(width: 160, height: 160, channels: .bgr, levels: .normalized),
        network: .keras(.facenet) { .facenet("Facenet", dimensions: 128) },
        template: nil, training: "MTCNN boxes with a margin, not aligned", lfw: 99.2,
        thresholds: MetricTable(cosine: 0.4, euclidean: 10, euclideanL2: 0.8, angular: 0.33),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -6.502269165856082, bias: 1.679048923097668, normalizer: 1.206694,
                same: 41.790002608273234...77.17253153662926, different: 0.7976712344840693...20.618350202170916),
            euclidean: ConfidenceCurve(
                weight: -6.716177467853723, bias: 2.790978346203265, normalizer: 18.735288,
                same: 40.4423755909089...74.76412617567517, different: 1.9356150486888306...25.840858374979504),
            euclideanL2: ConfidenceCurve(
                weight: -6.708710331202137, bias: 2.9094193067398195, normalizer: 1.553508,
                same: 40.4509428022908...75.45756719896039, different: 2.189644991619842...30.555931000001184),
            angular: ConfidenceCurve(
                weight: -6.371147050396505, bias: 0.6766460615182355, normalizer: 0.56627,
                same: 24.327312950719133...45.802357900723386, different: 5.063533287198758...16.95267765757785)),
        range: -3.541942596435547...3.247769594192505)
}

extension PublishedFile {
    static let facenet = deepfaceRelease(
        "facenet_weights.h5", size: 92_190_816,
        sha256: "90659cc97bfda5999120f95d8e122f4d262cca11715a21e59ba024bcce816d5c", licence: "MIT")
}

extension KerasNetwork {
    /// Inception-ResNet v1.
    static func facenet(_ name: String, dimensions: Int) -> KerasNetwork {
        var net = KerasNetwork(name: name, height: 160, width: 160)
        var x = net.block(net.input, 32, .init(3, stride: 2))
        x = net.block(x, 32, .init(3))
        x = net.block(x, 64, .init(3, .same))
        x = net.maxPool(x, .init(3, stride: 2))
        x = net.block(x, 80, .init(1))
        x = net.block(x, 192, .init(3))
        x = net.block(x, 256, .init(3, stride: 2))
        for _ in 0..<5 {
            x = net.residual(
                x, by: 0.17,
                [
                    [(32, .init(1))], [(32, .init(1)), (32, .init(3, .same))],
                    [(32, .init(1)), (32, .init(3, .same)), (32, .init(3, .same))],
                ])
        }
        x = net.reduction(
            x, [[(384, .init(3, stride: 2))], [(192, .init(1)), (192, .init(3, .same)), (256, .init(3, stride: 2))]])
        for _ in 0..<10 {
            x = net.residual(
                x, by: 0.1, [[(128, .init(1))], [(128, .init(1)), (128, .row(7)), (128, .column(7))]])
        }
        x = net.reduction(
            x,
            [
                [(256, .init(1)), (384, .init(3, stride: 2))], [(256, .init(1)), (256, .init(3, stride: 2))],
                [(256, .init(1)), (256, .init(3, .same)), (256, .init(3, stride: 2))],
            ])
        for index in 0..<6 {
            x = net.residual(
                x, by: index < 5 ? 0.2 : 1, [[(192, .init(1))], [(192, .init(1)), (192, .row(3)), (192, .column(3))]],
                activation: index < 5)
        }
        x = net.dense(net.dropout(net.globalAveragePool(x)), dimensions, bias: false)
        net.outputs = [net.batchNormalization(x, scales: false)]
        return net
    }

    private typealias Branch = [(filters: Int, window: Window)]

    private mutating func block(_ x: Node, _ filters: Int, _ window: Window) -> Node {
        relu(batchNormalization(convolution(x, filters, window, bias: false), scales: false))
    }

    private mutating func branches(_ x: Node, _ branches: [Branch]) -> [Node] {
        var ends: [Node] = []
        for branch in branches {
            var end = x
            for step in branch { end = block(end, step.filters, step.window) }
            ends.append(end)
        }
        return ends
    }

    /// Branches side by side, brought back to the image's channels and added to it.
    private mutating func residual(
        _ x: Node, by factor: Float, _ branches: [Branch], activation: Bool = true
    ) -> Node {
        let mixed = concatenate(self.branches(x, branches))
        let back = scale(convolution(mixed, self[x].shape.channels, .init(1)), by: factor)
        let sum = add(x, back)
        return activation ? relu(sum) : sum
    }

    /// Branches that halve the image, and its maxima.
    private mutating func reduction(_ x: Node, _ branches: [Branch]) -> Node {
        let ends = self.branches(x, branches)
        return concatenate(ends + [maxPool(x, .init(3, stride: 2))])
    }
}

extension KerasNetwork.Window {
    fileprivate static func row(_ length: Int) -> Self { Self(rows: 1, columns: length, padding: .same) }
    fileprivate static func column(_ length: Int) -> Self { Self(rows: length, columns: 1, padding: .same) }
}
