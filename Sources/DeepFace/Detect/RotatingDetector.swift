/// A detector that finds faces whichever way up they are: it sees the photo turned by each quarter too.
struct RotatingDetector: Detector {
    private let detector: any Detector

    init(_ detector: any Detector) {
        self.detector = detector
    }

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        var found = try detector.detect(in: image)
        for turn in QuarterTurn.allCases {
            found += try detector.detect(in: image.oriented(turn.rawValue)).map { turn.undone($0, in: image) }
        }
        // A face is found upright and, less surely, lying on its side.
        return found.sorted { $0.score > $1.score }.suppressed { Rectangle($0.box).overlap(Rectangle($1.box)) > 0.3 }
    }
}

/// A turn of a photo, by the EXIF orientation that asks for it.
private enum QuarterTurn: Int, CaseIterable {
    case half = 3
    case clockwise = 6
    case counterclockwise = 8

    /// A face of the turned photo where it is in `image`, the photo before the turn.
    func undone(_ face: DetectedFace, in image: Image) -> DetectedFace {
        let (width, height) = (Double(image.width), Double(image.height))
        func undone(_ point: Point) -> Point {
            switch self {
            case .half: Point(x: width - 1 - point.x, y: height - 1 - point.y)
            case .clockwise: Point(x: point.y, y: height - 1 - point.x)
            case .counterclockwise: Point(x: width - 1 - point.y, y: point.x)
            }
        }
        let box = face.box
        let first = undone(Point(x: Double(box.x), y: Double(box.y)))
        let last = undone(Point(x: Double(box.x + box.width - 1), y: Double(box.y + box.height - 1)))
        return DetectedFace(
            box: Box(
                x: Int(min(first.x, last.x)), y: Int(min(first.y, last.y)), width: Int(abs(first.x - last.x)) + 1,
                height: Int(abs(first.y - last.y)) + 1),
            landmarks: face.landmarks.map(undone), score: face.score)
    }
}
