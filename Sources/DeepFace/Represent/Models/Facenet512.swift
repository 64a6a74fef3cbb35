import Inference

extension RecognitionModel {
    /// FaceNet with 512 numbers: Inception-ResNet v1, 512 numbers (Schroff et al., CVPR 2015; David Sandberg's
    /// weights).
    ///
    /// The layers are those of Python DeepFace's models/facial_recognition/Facenet.py. Thresholds and confidence curves
    /// are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let facenet512 = RecognitionModel(
        name: "Facenet512", summary: "Inception-ResNet v1, 512 numbers", dimensions: 512,
        input: Input(width: 160, height: 160, channels: .bgr, levels: .normalized),
        network: .keras(.facenet512) { .facenet("Facenet512", dimensions: 512) },
        template: nil, training: "MTCNN boxes with a margin, not aligned", lfw: 99.65,
        thresholds: MetricTable(cosine: 0.3, euclidean: 23.56, euclideanL2: 1.04, angular: 0.35),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -5.868251768046832, bias: 0.8674084834913275, normalizer: 1.384316,
                same: 40.700922463435305...62.19495119465813, different: 0.6687247052303562...39.96947059787277),
            euclidean: ConfidenceCurve(
                weight: -6.742961485008033, bias: 2.61949356815704, normalizer: 40.771751,
                same: 23.391566956420913...75.20184708761875, different: 1.5930391784587872...20.317410180868695),
            euclideanL2: ConfidenceCurve(
                weight: -6.76040230078399, bias: 3.0057651791652638, normalizer: 1.663921,
                same: 23.492800781101295...78.73795056941638, different: 2.287349921316484...21.754795621979017),
            angular: ConfidenceCurve(
                weight: -6.487840122876141, bias: 0.9536496647058516, normalizer: 0.625563,
                same: 21.72372703119752...52.1215977454314, different: 4.290546073131373...20.734638325222512)),
        range: -4.388302803039551...3.643190622329712)
}

extension PublishedFile {
    static let facenet512 = deepfaceRelease(
        "facenet512_weights.h5", size: 94_955_648,
        sha256: "3f76b5117a9ca574d536af8199e6720089eb4ad3dc7e93534496d88265de864f", licence: "MIT")
}
