/// Looks for faces where they are expected, in pieces of a frame around those places: far less to look at than all of it.
struct NearbyFaces {
    private let detector: any Detector
    /// A larger piece is scaled down to so many pixels a side: faces are then half as large.
    static let side = 128
    /// A piece is so many times as wide and as high as the face.
    private static let reach = 2
    /// Sides of pieces are multiples of so many pixels, for a network has to be prepared for each size anew.
    private static let step = 32

    init(_ detector: any Detector, side: Int = Self.side) { self.detector = BoundedDetector(detector, side) }

    /// - Parameter places: where faces are expected.
    func detect(in frame: Image, near places: [Box]) throws(DeepFaceError) -> [DetectedFace] {
        var found: [DetectedFace] = []
        for place in places {
            let piece = Self.piece(around: place, in: frame)
            let inside = piece.intersection(Box(x: 0, y: 0, width: frame.width, height: frame.height))
            guard inside.width > 0, inside.height > 0 else { continue }
            for face in try detector.detect(in: frame.cutWithBlack(piece)) {
                let face = face.moved(x: piece.x, y: piece.y)
                // What the edge of a piece cuts off is no whole face; the edge of the frame does as it likes.
                let box = face.box
                let isWhole =
                    (box.x > inside.x || inside.x == 0) && (box.y > inside.y || inside.y == 0)
                    && (box.x + box.width < inside.x + inside.width || inside.x + inside.width == frame.width)
                    && (box.y + box.height < inside.y + inside.height || inside.y + inside.height == frame.height)
                if isWhole { found.append(face) }
            }
        }
        return found.sorted { $0.score > $1.score }
            .suppressed { Rectangle($0.box).overlap(Rectangle($1.box)) > 0.3 }
    }

    /// No larger than the frame, whatever is expected.
    private static func piece(around place: Box, in frame: Image) -> Box {
        let wanted = min(max(step, reach * max(place.width, place.height)), max(frame.width, frame.height))
        let side = (wanted + step - 1) / step * step
        return Box(
            x: place.x + (place.width - side) / 2, y: place.y + (place.height - side) / 2, width: side, height: side)
    }
}
