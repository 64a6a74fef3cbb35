/// What a network makes of one anchor.
package struct AnchorFace: Sendable {
    /// From its first pixel to its last.
    let box: Rectangle
    /// Image-left eye, image-right eye, nose, image-left and image-right corner of the mouth.
    package let points: [Point]
    /// A probability.
    package let score: Float

    /// Its box cut to a picture of this size; `nil` where something is no number.
    func cut(width: Int, height: Int) -> AnchorFace? {
        let numbers = [box.left, box.top, box.right, box.bottom] + points.flatMap { [$0.x, $0.y] }
        guard !numbers.contains(where: \.isNaN), points.allSatisfy({ abs($0.x) < 1e6 && abs($0.y) < 1e6 }) else {
            return nil
        }
        func inside(_ value: Double, _ length: Int) -> Double { min(max(value, 0), Double(length - 1)) }
        let cut = Rectangle(
            left: inside(box.left, width), top: inside(box.top, height), right: inside(box.right, width),
            bottom: inside(box.bottom, height))
        return AnchorFace(box: cut, points: points, score: score)
    }

    /// The face in pixels of a photo of which the picture is `scale` times as large, rounded to 32 bits as Python's
    /// package does: boxes at the end, points before too.
    fileprivate func inPhoto(_ scale: Double) -> AnchorFace {
        func rounded(_ value: Double) -> Double { Double(Float(value / scale)) }
        return AnchorFace(
            box: Rectangle(
                left: rounded(box.left), top: rounded(box.top), right: rounded(box.right), bottom: rounded(box.bottom)),
            points: points.map { Point(x: Double(Float($0.x) / Float(scale)), y: Double(Float($0.y) / Float(scale))) },
            score: score)
    }

    /// The face with everything cut to whole pixels, as Python DeepFace has it.
    package var truncated: DetectedFace {
        func truncated(_ point: Point) -> Point {
            Point(x: point.x.rounded(.towardZero), y: point.y.rounded(.towardZero))
        }
        let (x, y) = (Int(box.left), Int(box.top))
        return face(
            Box(x: x, y: y, width: Int(box.right) - x, height: Int(box.bottom) - y), points.map(truncated))
    }

    /// The face with a box of whole pixels inside a photo of this size.
    func face(width: Int, height: Int) -> DetectedFace {
        face(box.box(width: width, height: height), points)
    }

    private func face(_ box: Box, _ points: [Point]) -> DetectedFace {
        DetectedFace(
            box: box,
            landmarks: Landmarks(
                leftEye: points[1], rightEye: points[0], nose: points[2], mouthLeft: points[4], mouthRight: points[3]),
            score: Double(score))
    }
}

extension [AnchorFace] {
    /// One of each face in pixels of the photo, the surest first.
    ///
    /// - Parameters:
    ///   - scale: how many times as large as the photo the picture is that the faces were found in.
    ///   - overlap: from which share of both boxes on two show the same face. Default: 0.4, as in the RetinaFace paper.
    package func distinct(scale: Double, overlap: Double = 0.4) -> [AnchorFace] {
        map { $0.inPhoto(scale) }
            .sorted { $0.score > $1.score }
            .suppressed { $0.box.overlap($1.box, edge: 1) >= overlap }
    }
}
