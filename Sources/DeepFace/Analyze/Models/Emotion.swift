import Inference

extension AttributeModel {
    /// Python DeepFace's emotions: five small convolutions on a grey face (its models/demography/Emotion.py; trained on
    /// FER2013).
    public static let emotion = AttributeModel(
        name: "Emotion", attribute: .emotion, summary: "five convolutions, trained on FER2013",
        network: .keras(.emotionWeights) { .emotion }, picture: .grey48,
        reading: .shares(Self.emotions, sumsToHundred: true))

    /// In FER2013's order.
    static let emotions = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
}

extension PublishedFile {
    static let emotionWeights = deepfaceRelease(
        "facial_expression_model_weights.h5", size: 5_977_392,
        sha256: "e8e8851d3fa05c001b1c27fd8841dfe08d7f82bb786a53ad8776725b7a1e824c", licence: "CC-BY-NC-4.0")
}

extension KerasNetwork {
    fileprivate static var emotion: KerasNetwork {
        var net = KerasNetwork(name: "Emotion", height: 48, width: 48, channels: 1)
        var x = net.convolution(net.input, 64, .init(5), activation: .relu)
        x = net.maxPool(x, .init(5, stride: 2))
        for filters in [64, 128] {
            for _ in 0..<2 { x = net.convolution(x, filters, .init(3), activation: .relu) }
            x = net.averagePool(x, .init(3, stride: 2))
        }
        x = net.flatten(x)
        for _ in 0..<2 { x = net.dropout(net.dense(x, 1024, activation: .relu)) }
        net.outputs = [net.dense(x, 7, activation: .softmax)]
        return net
    }
}
