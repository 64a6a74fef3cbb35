/// A detector that sees large photos scaled down.
struct BoundedDetector: Detector {
    private let detector: any Detector
    private let side: Int

    /// - Parameter side: the longer side a photo may have, in pixels.
    init(_ detector: any Detector, _ side: Int) {
        self.detector = detector
        self.side = side
    }

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let longest = max(image.width, image.height)
        guard longest > side else { return try detector.detect(in: image) }
        func scaled(_ length: Int) -> Int { max(1, (length * side + longest / 2) / longest) }
        let (width, height) = (scaled(image.width), scaled(image.height))
        let (x, y) = (Double(image.width) / Double(width), Double(image.height) / Double(height))
        return try detector.detect(in: image.resized(width: width, height: height, .linear)).map { face in
            DetectedFace(
                box: Rectangle(face.box).scaled(by: x, y).box(width: image.width, height: image.height),
                landmarks: face.landmarks.map { point in
                    Point(x: (point.x + 0.5) * x - 0.5, y: (point.y + 0.5) * y - 0.5)
                },
                score: face.score)
        }
    }
}
