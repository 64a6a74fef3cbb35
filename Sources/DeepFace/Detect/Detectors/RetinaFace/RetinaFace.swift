extension DetectorModel {
    /// RetinaFace with a ResNet-50: boxes and five points (Deng et al., CVPR 2020).
    ///
    /// The weights and the arithmetic of the package `retina-face` 0.0.19 that Python DeepFace calls: faces from a
    /// probability of 0.9. For Python's numbers photos are scaled as there, small ones up; otherwise never up, and by
    /// default down to a longest side of 1024, since the time goes by the number of pixels. The smallest anchors have
    /// 16, so that faces from about a sixtieth of the photo are found.
    public static let retinaface = DetectorModel(
        name: "retinaface", summary: "RetinaFace with a ResNet-50, eyes, nose and mouth corners",
        networks: [.retinaFace], workingSide: 1024
    ) { resources throws(DeepFaceError) in
        let detector = RetinaFaceDetector(
            network: try resources.alone.network(.retinaFace), grid: .resNet, layout: PlaneLayout(redFirst: true),
            threshold: 0.9, parity: resources.parity)
        // Whatever the options say: a photo of this size takes a gigabyte, by estimate.
        return resources.parity ? detector : BoundedDetector(detector, 2560)
    }
}

extension StoredNetwork {
    static let retinaFace = keras(.retinaFace) { .retinaFace }
}

extension PublishedFile {
    static let retinaFace = deepfaceRelease(
        "retinaface.h5", size: 118_667_368,
        sha256: "ecb2393a89da3dd3d6796ad86660e298f62a0c8ae7578d92eb6af14e0bb93adf", licence: "MIT")
}

extension AnchorGrid {
    /// Anchors and decoding: retinaface/commons/postprocess.py of `retina-face`.
    package static let resNet = AnchorGrid(
        levels: [
            Level(stride: 32, sides: [512, 256], first: 7.5), Level(stride: 16, sides: [128, 64], first: 7.5),
            Level(stride: 8, sides: [32, 16], first: 7.5),
        ], position: 1, size: 1, edge: 1)
}
