extension DetectorModel {
    /// OpenCV's Haar cascades: the frontal face, and inside it the eyes (Viola and Jones, CVPR 2001).
    ///
    /// As Python DeepFace runs them: scale factor 1.1, at least 10 neighbours. For alignment by landmarks dlib's
    /// 5-point predictor takes the place of the eye cascade, and in photos of more than 576 pixels faces below a 24th
    /// of the shorter side (at most below 48 pixels) are not looked for, which is where most of the time would go.
    public static let opencv = DetectorModel(
        name: "opencv", summary: "OpenCV's Haar cascades, eyes", files: [.haarFace, .haarEye, .fivePointPredictor]
    ) { resources throws(DeepFaceError) in
        let faces = CascadePool(xml: try resources.store.bytes(of: .haarFace))
        if resources.predictsLandmarks {
            return PredictedLandmarks(
                detector: HaarDetector(faces: faces, eyes: nil), predictor: try FivePointPredictor(resources.store))
        }
        return HaarDetector(
            faces: faces, eyes: HaarEyes(CascadePool(xml: try resources.store.bytes(of: .haarEye))))
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
    /// `nil` to leave the eyes to somebody else.
    let eyes: HaarEyes?

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        // OpenCV's threads hand in their finds in any order; the largest comes first here, always.
        let smallest = eyes == nil ? min(48, min(image.width, image.height) / 24) : 0
        let hits = try faces.hits(in: image, levels: true, smallest: smallest)
            .sorted { ($1.box.area, $0.box.y, $0.box.x) < ($0.box.area, $1.box.y, $1.box.x) }
        return try hits.map { hit throws(DeepFaceError) in
            // A higher stage weight gives a lower score: OpenCV's weights are read as Python DeepFace reads them.
            DetectedFace(
                box: hit.box, landmarks: try eyes?.landmarks(in: hit.box, of: image) ?? Landmarks(),
                score: (100 - hit.weight) / 100)
        }
    }
}

/// The eye cascade: two eyes inside a face's box.
private struct HaarEyes: Sendable {
    private let cascades: CascadePool

    init(_ cascades: CascadePool) {
        self.cascades = cascades
    }

    /// The centres of the two largest eyes found in `box`; none unless there are two.
    func landmarks(in box: Box, of image: Image) throws(DeepFaceError) -> Landmarks {
        guard let face = image.cropped(to: box) else { return Landmarks() }
        let hits = try cascades.hits(in: face, levels: false)
        guard hits.count >= 2 else { return Landmarks() }
        // Largest first; of equals the one found first, as Python's sort keeps them.
        let largest = hits.enumerated().sorted {
            ($1.element.box.area, $0.offset) < ($0.element.box.area, $1.offset)
        }
        let pair = [largest[0].element.box, largest[1].element.box]
        let (right, left) = pair[0].x < pair[1].x ? (pair[0], pair[1]) : (pair[1], pair[0])
        func centre(_ eye: Box) -> Point {
            Point(
                x: Double(max(0, box.x) + eye.x + eye.width / 2), y: Double(max(0, box.y) + eye.y + eye.height / 2))
        }
        return Landmarks(leftEye: centre(left), rightEye: centre(right))
    }
}
