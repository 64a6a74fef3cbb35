extension DetectorModel {
    /// OpenCV's Haar cascades: the frontal face, and inside it the eyes (Viola and Jones, CVPR 2001).
    ///
    /// As Python DeepFace runs them: scale factor 1.1, at least 10 neighbours. For alignment by landmarks dlib's
    /// 5-point predictor takes the place of the eye cascade, and in photos of more than 576 pixels faces below a 24th
    /// of the shorter side (at most below 48 pixels) are not looked for, which is where most of the time would go.
    public static let opencv = DetectorModel(
        name: "opencv", summary: "OpenCV's Haar cascades, eyes", files: [.haarFace], givesLandmarks: false
    ) { resources throws(DeepFaceError) in
        HaarDetector(faces: CascadePool(xml: try resources.store.bytes(of: .haarFace)), parity: resources.parity)
    }
}

extension PublishedFile {
    static let haarFace = haarCascade(
        "haarcascade_frontalface_default.xml", size: 930_127,
        sha256: "0f7d4527844eb514d4a4948e822da90fbb16a34a0bbbbc6adc6498747a5aafb0")
    static let haarEye = haarCascade(
        "haarcascade_eye.xml", size: 341_406, sha256: "71cc64fc305a355dc60067880f6fbbd43dd155bd63ee3844661a1bda34b2fd8c"
    )
}

private struct HaarDetector: Detector {
    let faces: CascadePool
    let parity: Bool

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        // OpenCV's threads hand in their finds in any order; the largest comes first here, always.
        let smallest = parity ? 0 : min(48, min(image.width, image.height) / 24)
        return try faces.hits(in: image, levels: true, smallest: smallest)
            .sorted { ($1.box.area, $0.box.y, $0.box.x) < ($0.box.area, $1.box.y, $1.box.x) }
            // A higher stage weight gives a lower score: OpenCV's weights are read as Python DeepFace reads them.
            .map { DetectedFace(box: $0.box, score: (100 - $0.weight) / 100) }
    }
}
