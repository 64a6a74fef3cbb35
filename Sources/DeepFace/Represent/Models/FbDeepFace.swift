import Inference

extension RecognitionModel {
    /// Facebook's DeepFace: 4096 numbers, three of its layers with kernels of their own at every place (Taigman et al.,
    /// CVPR 2014; weights of swghosh/DeepFace, trained on VGGFace2).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/FbDeepFace.py. Thresholds and confidence
    /// curves are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let deepFace = RecognitionModel(
        name: "DeepFace", summary: "Facebook's DeepFace, 4096 numbers", dimensions: 4096,
        input: Input(width: 152, height: 152, channels: .bgr, levels: .normalized),
        network: .keras(.deepFace) { .deepFace },
        template: nil, training: "VGGFace2, aligned in two dimensions", lfw: nil,
        thresholds: MetricTable(cosine: 0.23, euclidean: 64, euclideanL2: 0.64, angular: 0.12),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -5.415666808301125, bias: 1.4142777745857174, normalizer: 0.379428,
                same: 54.25111593547536...74.38935817923884, different: 34.51159270342188...54.16884369236297),
            euclidean: ConfidenceCurve(
                weight: -7.001068623335827, bias: 5.229677082777916, normalizer: 85.997482,
                same: 50.79114821321717...90.45531547409938, different: 14.53693626301508...50.4218117539695),
            euclideanL2: ConfidenceCurve(
                weight: -6.520866920809606, bias: 3.750706572243227, normalizer: 0.871123,
                same: 39.6419822387709...80.42595166943502, different: 12.677597535252195...39.578029519563),
            angular: ConfidenceCurve(
                weight: -0.20178503977417342, bias: -4.960267621006636, normalizer: 0.2869,
                same: 0.6801854995078236...0.6803996880922583, different: 0.6573199053945571...0.6759509854967268)),
        range: 0.0...17.294939041137695)
}

extension PublishedFile {
    static let deepFace = web(
        "VGGFace2_DeepFace_weights_val-0.9034.h5", size: 551_127_708,
        sha256: "5414415d50dac7640a382888a5f948fcfe1135c904690d45ba5627b49cf65eb7", licence: "MIT",
        "https://github.com/swghosh/DeepFace/releases/download/weights-vggface2-2d-aligned/VGGFace2_DeepFace_weights_val-0.9034.h5.zip",
        packing: .zip(member: "VGGFace2_DeepFace_weights_val-0.9034.h5"))
}

extension KerasNetwork {
    fileprivate static var deepFace: KerasNetwork {
        var net = KerasNetwork(name: "DeepFace", height: 152, width: 152)
        var x = net.convolution(net.input, 32, .init(11), activation: .relu)
        x = net.maxPool(x, .init(3, stride: 2, .same))
        x = net.convolution(x, 16, .init(9), activation: .relu)
        x = net.locallyConnected(x, 16, .init(9), activation: .relu)
        x = net.locallyConnected(x, 16, .init(7, stride: 2), activation: .relu)
        x = net.locallyConnected(x, 16, .init(5), activation: .relu)
        x = net.dense(net.flatten(x), 4096, activation: .relu)
        net.outputs = [x]
        // The file goes on to the 8631 people the network was trained to tell apart.
        net.fileOutputs = [net.dense(net.dropout(x), 8631, activation: .softmax)]
        return net
    }
}
