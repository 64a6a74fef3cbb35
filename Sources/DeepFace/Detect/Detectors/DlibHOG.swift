import CDlib

extension DetectorModel {
    /// dlib's frontal face detector: histograms of oriented gradients, five views, and the 5-point predictor
    /// (Dalal and Triggs, CVPR 2005; Kazemi and Sullivan, CVPR 2014). The image is doubled once, as Python DeepFace
    /// does.
    public static let dlib = DetectorModel(
        name: "dlib", summary: "dlib's HOG detector, eye corners and nose", files: [.fivePointPredictor]
    ) { resources throws(DeepFaceError) in
        HOGDetector(hog: try HOG(), predictor: try FivePointPredictor(resources.store))
    }
}

private struct HOGDetector: Detector {
    let hog: HOG
    let predictor: FivePointPredictor

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        try hog.hits(in: image).map { hit throws(DeepFaceError) in
            // dlib expects RGB and Python DeepFace hands it BGR; read the same way for the same points.
            let corners = try predictor.corners(of: hit, in: image, asRGB: true)
            let top = max(0, Int(hit.top))
            let left = max(0, Int(hit.left))
            return DetectedFace(
                box: Box(
                    x: left, y: top, width: min(Int(hit.right), image.width) - left,
                    height: min(Int(hit.bottom), image.height) - top),
                landmarks: Landmarks(
                    leftEye: corners.leftEye.floored, rightEye: corners.rightEye.floored, corners: corners),
                score: min(1, max(0, hit.score)))
        }
    }
}

/// dlib's scanner.
///
/// `@unchecked Sendable`: the pointer never changes, and every scan works on its own copy of the detector.
private final class HOG: @unchecked Sendable {
    private let pointer: OpaquePointer

    init() throws(DeepFaceError) {
        let (pointer, message) = Shim.call(df_hog_create)
        guard let pointer else { throw .library("dlib", message) }
        self.pointer = pointer
    }

    deinit { df_hog_free(pointer) }

    func hits(in image: Image) throws(DeepFaceError) -> [df_hog_hit] {
        var found: UnsafeMutablePointer<df_hog_hit>?
        var count = 0
        try dlib { message in
            df_hog_detect(
                pointer, image.pixels, Int32(image.width), Int32(image.height), 1, 0, &found, &count, message)
        }
        defer { df_dlib_free(found) }
        return Array(UnsafeBufferPointer(start: found, count: count))
    }
}

extension Point {
    fileprivate var floored: Point { Point(x: x.rounded(.down), y: y.rounded(.down)) }
}
