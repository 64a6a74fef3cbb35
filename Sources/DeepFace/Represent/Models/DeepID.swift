import Inference

extension RecognitionModel {
    /// DeepID: 160 numbers from a face of 47 × 55 pixels, four small convolutions (Sun et al., CVPR 2014).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/DeepID.py. Thresholds and confidence curves
    /// are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let deepID = RecognitionModel(
        name: "DeepID", summary: "four small convolutions, 160 numbers", dimensions: 160,
        input: Input(width: 47, height: 55, channels: .bgr, levels: .normalized),
        network: .keras(.deepID) { .deepID },
        template: nil, training: "boxes of faces", lfw: nil,
        thresholds: MetricTable(cosine: 0.015, euclidean: 45, euclideanL2: 0.17, angular: 0.04),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -1.1109389867203003, bias: -1.644356005882629, normalizer: 0.142463,
                same: 15.966222060549578...16.114369377586183, different: 14.153198282635255...15.96057368926546),
            euclidean: ConfidenceCurve(
                weight: -4.267900227772648, bias: -0.11777629548659044, normalizer: 124.194689,
                same: 16.08201206739819...27.2342405984107, different: 1.230125408063358...15.90739039527823),
            euclideanL2: ConfidenceCurve(
                weight: -3.6681410379067394, bias: -0.9230555193862335, normalizer: 0.533784,
                same: 17.57160935306287...21.681829939622233, different: 5.309829288484883...17.548244679217202),
            angular: ConfidenceCurve(
                weight: -0.2707576106983799, bias: -3.87004749575164, normalizer: 0.171993,
                same: 2.0220784432439474...2.02619851743467, different: 1.951974654804089...2.021498115793411)),
        range: 0.0...127.86836242675781)
}

extension PublishedFile {
    static let deepID = deepfaceRelease(
        "deepid_keras_weights.h5", size: 1_613_136,
        sha256: "fcdada4e38bbacc1e5ab2ad927de42aa8281bdad0f669d040736a2b4f932f49a", licence: "LicenseRef-Unstated")
}

extension KerasNetwork {
    fileprivate static var deepID: KerasNetwork {
        var net = KerasNetwork(name: "DeepID", height: 55, width: 47)
        var x = net.input
        for (filters, size) in [(20, 4), (40, 3), (60, 3)] {
            x = net.convolution(x, filters, .init(size), activation: .relu)
            x = net.dropout(net.maxPool(x, .init(2, stride: 2)))
        }
        let third = net.dense(net.flatten(x), 160)
        let fourth = net.dense(net.flatten(net.convolution(x, 80, .init(2), activation: .relu)), 160)
        net.outputs = [net.relu(net.add(third, fourth))]
        return net
    }
}
