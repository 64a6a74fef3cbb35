/// A box MTCNN is not sure of yet. Coordinates are real numbers in the image; arithmetic as in the `mtcnn` package
/// 1.0.0.
struct FaceCandidate {
    var x1, y1, x2, y2: Double
    var score: Float
    /// Image-left eye, image-right eye, nose, image-left and image-right corner of the mouth; empty before the last
    /// stage.
    var points: [Point] = []

    /// The square of the longer side about the same centre.
    var squared: FaceCandidate {
        let (width, height) = (x2 - x1, y2 - y1)
        let side = max(width, height)
        let left = x1 + width * 0.5 - side * 0.5
        let top = y1 + height * 0.5 - side * 0.5
        return FaceCandidate(x1: left, y1: top, x2: left + side, y2: top + side, score: score)
    }

    /// The box moved by a network's four offsets, given in box sizes.
    func shifted(by offsets: [Float], score: Float) -> FaceCandidate {
        let (width, height) = (x2 - x1 + 1, y2 - y1 + 1)
        return FaceCandidate(
            x1: x1 + Double(offsets[0]) * width, y1: y1 + Double(offsets[1]) * height,
            x2: x2 + Double(offsets[2]) * width, y2: y2 + Double(offsets[3]) * height, score: score)
    }

    /// A landmark given in box sizes from the box's corner.
    func point(x: Float, y: Float) -> Point {
        Point(x: (x2 - x1 + 1) * Double(x) + x1 - 1, y: (y2 - y1 + 1) * Double(y) + y1 - 1)
    }

    /// The result: the box cut to the image and to whole pixels. Landmarks stay as they are.
    func face(in image: Image) -> DetectedFace {
        func inside(_ value: Double, _ length: Int) -> Double { min(max(value, 0), Double(length - 1)) }
        let left = inside(x1, image.width)
        let top = inside(y1, image.height)
        let box = Box(
            x: Int(left.rounded(.toNearestOrEven)), y: Int(top.rounded(.toNearestOrEven)),
            width: Int((inside(x2, image.width) - left).rounded(.toNearestOrEven)),
            height: Int((inside(y2, image.height) - top).rounded(.toNearestOrEven)))
        let landmarks = Landmarks(
            leftEye: points[1], rightEye: points[0], nose: points[2], mouthLeft: points[4], mouthRight: points[3])
        return DetectedFace(box: box, landmarks: landmarks, score: Double(score))
    }

    /// Appends the box's content as a `size` × `size` network input: planes red, green, blue, bilinear, 0 outside, as
    /// TensorFlow's `crop_and_resize` samples.
    func sample(_ image: Image, size: Int, into values: inout [Float]) {
        func positions(_ from: Double, _ to: Double, _ length: Int) -> [(low: Int, high: Int, part: Float)?] {
            let unit = Double(length - 1) / Double(length)
            let step = (to - from) * unit / Double(size - 1)
            return (0..<size).map { index in
                let position = from * unit + Double(index) * step
                guard position >= 0, position <= Double(length - 1) else { return nil }
                let low = Int(position)
                return (low, min(low + 1, length - 1), Float(position - Double(low)))
            }
        }
        let rows = positions(y1, y2, image.height)
        let columns = positions(x1, x2, image.width)
        image.pixels.withUnsafeBufferPointer { pixels in
            for channel in [2, 1, 0] {
                for row in rows {
                    for column in columns {
                        guard let row, let column else {
                            values.append(0)
                            continue
                        }
                        func pixel(_ y: Int, _ x: Int) -> Float { Float(pixels[(y * image.width + x) * 3 + channel]) }
                        let top = pixel(row.low, column.low)
                        let topRight = pixel(row.low, column.high)
                        let bottom = pixel(row.high, column.low)
                        let bottomRight = pixel(row.high, column.high)
                        let upper = top + (topRight - top) * column.part
                        let lower = bottom + (bottomRight - bottom) * column.part
                        values.append((upper + (lower - upper) * row.part - 127.5) / 128)
                    }
                }
            }
        }
    }
}

/// What an overlap is measured against.
enum OverlapMeasure {
    /// The area both cover together.
    case union
    /// The smaller of the two.
    case smaller
}

extension [FaceCandidate] {
    /// Surest first; equals in the order in which NumPy puts them, since which of two equal boxes survives decides
    /// where the face is found.
    func sortedByScore() -> [FaceCandidate] {
        NumPyOrder.argsort(map { Double($0.score) }).reversed().map { self[$0] }
    }

    /// Without those that overlap a surer one by more than `limit`, even one that is itself dropped. Expects the surest
    /// first.
    func suppressed(above limit: Double, relativeTo measure: OverlapMeasure) -> [FaceCandidate] {
        let areas = map { ($0.x2 - $0.x1) * ($0.y2 - $0.y1) }
        return indices.filter { index in
            let own = self[index]
            return !(0..<index).contains { other in
                let surer = self[other]
                let width = Swift.max(0, Swift.min(own.x2, surer.x2) - Swift.max(own.x1, surer.x1))
                guard width > 0 else { return false }
                let height = Swift.max(0, Swift.min(own.y2, surer.y2) - Swift.max(own.y1, surer.y1))
                let both = width * height
                let whole =
                    measure == .union ? areas[index] + areas[other] - both : Swift.min(areas[index], areas[other])
                return both / whole > limit
            }
        }.map { self[$0] }
    }
}
