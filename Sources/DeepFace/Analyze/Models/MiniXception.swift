import Inference

/// Emotion and gender by mini-Xception: under a megabyte each (Arriaga et al., 2017;
/// github.com/oarriaga/face_classification).
extension AttributeModel {
    /// Sees the face's square alone: with more around it it goes wrong.
    public static let miniXceptionEmotion = AttributeModel(
        name: "oarriaga", attribute: .emotion, summary: "mini-Xception, 0.9 MB, 66 % right on FER2013 by its authors",
        network: .keras(.miniXceptionEmotion) { .miniXception("oarriaga-emotion", classes: 7) },
        picture: .miniXception(margin: 0), reading: .shares(Self.emotions, sumsToHundred: true))

    /// Trained with two fifths of the face more on each side.
    public static let miniXceptionGender = AttributeModel(
        name: "oarriaga", attribute: .gender, summary: "mini-Xception, 0.8 MB, 95 % right on IMDB by its authors",
        network: .keras(.miniXceptionGender) { .miniXception("oarriaga-gender", classes: 2) },
        picture: .miniXception(margin: 0.4), reading: .shares(["Woman", "Man"], sumsToHundred: true))
}

extension PublishedFile {
    static let miniXceptionEmotion = faceClassification(
        "fer2013_mini_XCEPTION.102-0.66.hdf5", folder: "emotion_models", size: 872_856,
        sha256: "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e")
    static let miniXceptionGender = faceClassification(
        "gender_mini_XCEPTION.21-0.95.hdf5", folder: "gender_models", size: 802_960,
        sha256: "7affc7bd520c48ca908eada26988d0e17fdfa1d447d8ae5675395f05ca6f943b")

    private static func faceClassification(
        _ name: String, folder: String, size: Int, sha256: String
    ) -> PublishedFile {
        web(
            name, size: size, sha256: sha256, licence: "MIT",
            "https://github.com/oarriaga/face_classification/raw/master/trained_models/\(folder)/\(name)")
    }
}

extension FacePicture {
    /// Grey, −1 to 1.
    fileprivate static func miniXception(margin: Double) -> FacePicture {
        square("mini-Xception \(margin)", 64, margin: margin, channels: 1) { image in
            stride(from: 0, to: image.pixels.count, by: 3).map { place in
                let bgr = (0..<3).map { Float(image.pixels[place + $0]) }
                return grey(bgr[0], bgr[1], bgr[2]) / 127.5 - 1
            }
        }
    }
}

extension KerasNetwork {
    fileprivate static func miniXception(_ name: String, classes: Int) -> KerasNetwork {
        var net = KerasNetwork(name: name, height: 64, width: 64, channels: 1)
        var x = net.input
        for _ in 0..<2 { x = net.relu(net.batchNormalization(net.convolution(x, 8, .init(3), bias: false))) }
        for filters in [16, 32, 64, 128] {
            let around = net.batchNormalization(
                net.convolution(x, filters, .init(1, stride: 2, .same), bias: false))
            var inner = net.relu(net.batchNormalization(net.separableConvolution(x, filters, .init(3, .same))))
            inner = net.batchNormalization(net.separableConvolution(inner, filters, .init(3, .same)))
            x = net.add(net.maxPool(inner, .init(3, stride: 2, .same)), around)
        }
        x = net.globalAveragePool(net.convolution(x, classes, .init(3, .same)))
        net.outputs = [net.activation(x, .softmax)]
        return net
    }
}
