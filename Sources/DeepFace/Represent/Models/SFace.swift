import Inference

extension RecognitionModel {
    /// SFace: MobileFaceNet with SFace loss, 128 numbers (Zhong et al., IEEE TIP 2021; OpenCV's ONNX file).
    ///
    /// It takes levels of 0 to 255 in red, green, blue, as OpenCV's FaceRecognizerSF hands them in. Thresholds and
    /// confidence curves are Python DeepFace's (config/threshold.py, config/confidence.py).
    public static let sFace = RecognitionModel(
        name: "SFace", summary: "MobileFaceNet with SFace loss, 128 numbers", dimensions: 128,
        input: Input(width: 112, height: 112, channels: .rgb, levels: .bytes),
        network: StoredNetwork(name: "SFace", files: [.sFace], form: .ready(input: [3, 112, 112], output: 128)),
        template: .arcFace, training: "five points laid on the template of 112 pixels", lfw: 99.4,
        thresholds: MetricTable(cosine: 0.593, euclidean: 10.734, euclideanL2: 1.055, angular: 0.36),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -6.531673506288863, bias: 2.2217245506456895, normalizer: 1.147363,
                same: 26.26225160110723...81.04135659361265, different: 1.3256149092319998...23.62218403514688),
            euclidean: ConfidenceCurve(
                weight: -5.922412546512467, bias: 2.2306552793788903, normalizer: 18.826448,
                same: 24.24534043569188...53.59440633088357, different: 2.4321858952665205...24.000007447174763),
            euclideanL2: ConfidenceCurve(
                weight: -6.561644724339029, bias: 3.215600266169891, normalizer: 1.514835,
                same: 22.25500614635702...72.39437183443313, different: 3.4024932531839815...19.531386697831906),
            angular: ConfidenceCurve(
                weight: -5.575609473928204, bias: 0.421773496308517, normalizer: 0.547079,
                same: 17.074673595288292...37.48563531943993, different: 6.732498767352633...16.40044990637247)),
        normTellsQuality: true)
}

extension PublishedFile {
    static let sFace = web(
        "face_recognition_sface_2021dec.onnx", size: 38_696_353,
        sha256: "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79", licence: "Apache-2.0",
        "https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/face_recognition_sface_2021dec.onnx"
    )
}
