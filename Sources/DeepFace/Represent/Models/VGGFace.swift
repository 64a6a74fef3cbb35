import Inference

extension RecognitionModel {
    /// VGG-Face: 4096 numbers from the body of VGG-16 (Parkhi et al., BMVC 2015).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/VGGFace.py. Thresholds and confidence curves
    /// are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let vggFace = RecognitionModel(
        name: "VGG-Face", summary: "VGG-16, 4096 numbers", dimensions: 4096,
        input: Input(width: 224, height: 224, channels: .bgr, levels: .normalized),
        network: .keras(.vggFace) { .vggFace },
        template: nil, training: "boxes of faces, not aligned", lfw: 98.95,
        thresholds: MetricTable(cosine: 0.68, euclidean: 1.17, euclideanL2: 1.17, angular: 0.39),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -6.61254026479904, bias: 3.145549102667549, normalizer: 0.979183,
                same: 20.787978733113846...88.28484099529868, different: 3.457832575746455...20.556681914175016),
            euclidean: ConfidenceCurve(
                weight: -6.505124425537925, bias: 3.8912125488666436, normalizer: 1.399416,
                same: 17.794898757517597...76.47012030708339, different: 6.82484246933999...16.443735520230746),
            euclideanL2: ConfidenceCurve(
                weight: -6.505124425537925, bias: 3.8912125488666436, normalizer: 1.399416,
                same: 17.794898757517597...76.47012030708339, different: 6.82484246933999...16.443735520230746),
            angular: ConfidenceCurve(
                weight: -5.035753663256314, bias: 0.2961597285248822, normalizer: 0.493373,
                same: 16.624506551373642...34.230717614698825, different: 10.080199045102233...15.49607745347531)),
        range: 0.0...0.27054874177488775)
}

extension PublishedFile {
    static let vggFace = deepfaceRelease(
        "vgg_face_weights.h5", size: 580_085_408,
        sha256: "759266b9614d0fd5d65b97bf716818b746cc77ab5944c7bffc937c6ba9455d8c", licence: "CC-BY-NC-4.0")
}

extension KerasNetwork {
    fileprivate static var vggFace: KerasNetwork {
        var net = KerasNetwork(name: "VGG-Face", height: 224, width: 224)
        let body = net.vggBody()
        // The file goes on to the 2622 people the network was trained to tell apart.
        let people = net.convolution(net.dropout(body), 2622, .init(1))
        net.fileOutputs = [net.activation(net.flatten(people), .softmax)]
        net.outputs = [
            net.lambda(net.flatten(body)) { graph, inputs in
                let norm = graph.add(graph.norm(inputs[0]), graph.constant([1e-10], shape: [1, 1]))
                return graph.node("Div", [inputs[0], norm])
            }
        ]
        return net
    }

    /// VGG-16 up to its second layer of 4096, which age, gender and race share.
    mutating func vggBody() -> Node {
        var x = input
        for (filters, count) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)] {
            for _ in 0..<count { x = convolution(zeroPadding(x, 1), filters, .init(3), activation: .relu) }
            x = maxPool(x, .init(2, stride: 2))
        }
        x = dropout(convolution(x, 4096, .init(7), activation: .relu))
        return convolution(x, 4096, .init(1), activation: .relu)
    }
}

extension GraphBuilder {
    /// The Euclidean length of each row: batch × 1.
    mutating func norm(_ x: Value) -> Value {
        let squares = node("Mul", [x, x])
        return node("Sqrt", [node("ReduceSum", [squares, constant([1])], [("keepdims", .int(1))])])
    }
}
