import Inference

/// A network of the RetinaFace family, looking at the whole photo at once.
struct RetinaFaceDetector: Detector {
    let network: any Network
    let grid: AnchorGrid
    let layout: PlaneLayout
    /// The least probability of a face.
    let threshold: Float
    /// Whether photos are scaled, and results rounded, as Python DeepFace has them.
    let parity: Bool

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let (picture, scale) = parity ? try RetinaFaceScaling.picture(of: image) : (image, 1)
        // Whole cells of the coarsest level: photos of almost the same size are then one size to the engine.
        func padded(_ length: Int) -> Int { parity ? length : (length + 31) / 32 * 32 }
        let planes = try picture.planes(layout, width: padded(picture.width), height: padded(picture.height))
        let faces = grid.faces(
            in: try network.outputs(for: planes), width: picture.width, height: picture.height, threshold: threshold)
        return faces.distinct(scale: scale)
            .map { parity ? $0.truncated : $0.face(width: image.width, height: image.height) }
    }
}

/// How `retina-face` scales photos before it searches them (retinaface/commons/preprocess.py).
package enum RetinaFaceScaling {
    /// The shorter side has 1024 pixels, the longer at most 1980; small photos are scaled up.
    ///
    /// - Returns: the picture, and how many times as large as the photo it is.
    package static func picture(of image: Image) throws(DeepFaceError) -> (picture: Image, scale: Double) {
        let (shorter, longer) = (Double(min(image.width, image.height)), Double(max(image.width, image.height)))
        var scale = 1024 / shorter
        if (scale * longer).rounded(.toNearestOrEven) > 1980 { scale = 1980 / longer }
        return (scale == 1 ? image : try image.resized(by: scale), scale)
    }
}
