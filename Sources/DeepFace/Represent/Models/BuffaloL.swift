import Inference

extension RecognitionModel {
    /// Buffalo_L: ResNet-50 with ArcFace loss, 512 numbers (insightface).
    ///
    /// It takes (levels − 127.5) ÷ 127.5 in red, green, blue, as insightface means it; Python DeepFace hands it values
    /// of 0 to 1 instead, and so a face that is almost one colour. Thresholds are Python DeepFace's
    /// (config/threshold.py).
    public static let buffaloL = RecognitionModel(
        name: "Buffalo_L", summary: "ResNet-50 with ArcFace loss, 512 numbers", dimensions: 512,
        input: Input(
            width: 112, height: 112, channels: .rgb, levels: .bytes, means: [127.5, 127.5, 127.5],
            deviations: [127.5, 127.5, 127.5]),
        network: StoredNetwork(name: "Buffalo_L", files: [.buffaloL], form: .ready(input: [3, 112, 112], output: 512)),
        template: .arcFace, training: "five points laid on the template of 112 pixels", lfw: 99.8,
        thresholds: MetricTable(cosine: 0.55, euclidean: 0.6, euclideanL2: 1.1, angular: 0.45),
        confidence: nil,
        normTellsQuality: true)
}

extension PublishedFile {
    static let buffaloL = web(
        "buffalo_l/webface_r50.onnx", size: 174_383_860,
        sha256: "72765763420f7a1b009227580dc094f1f622b25ea7ab3a2f2f66a0f488d8749b",
        licence: "LicenseRef-InsightFace-NonCommercial",
        "https://drive.google.com/uc?export=download&confirm=pbef&id=1N0GL-8ehw_bz2eZQWz2b0A5XBdXdxZhg")
}
