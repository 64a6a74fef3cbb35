/// What tells that a face is not all there to be seen. These are hints: nothing here knows a mask or dark glasses,
/// which hide both sides alike.
public struct Occlusion: QualityPart {
    /// How much of the face's box lies in the photo, 0 to 1.
    public let visible: Double
    /// How much of the points that the detector gave lie in the photo, 0 to 1; `nil` where it gave none.
    public let landmarks: Double?
    /// How alike the face's halves are, 0 to 1: their correlation. `nil` for faces that are turned, have no points or
    /// have too few pixels. Faces seen from the front have 0.5 to 1; with one half hidden less than 0.3.
    public let symmetry: Double?
    public let score: Double?
    public var reason: QualityReason { Self.alike(symmetry) < Self.whole(visible, landmarks) ? .occluded : .cut }

    private static func whole(_ visible: Double, _ landmarks: Double?) -> Double {
        qualityRamp(min(visible, landmarks ?? 1), from: 0.4, to: 1)
    }

    private static func alike(_ symmetry: Double?) -> Double { symmetry.map { qualityRamp($0, from: 0, to: 0.5) } ?? 1 }

    /// Degrees beyond which the halves of a face have to look different.
    private static let turned = 25.0
    /// Eye distance, in pixels, below which the halves are a handful of pixels each.
    private static let small = 20.0

    init(_ sample: FaceSample) {
        let photo = Box(x: 0, y: 0, width: sample.photoWidth, height: sample.photoHeight)
        let visible = Double(sample.box.intersection(photo).area) / Double(max(1, sample.box.area))
        let known = sample.landmarks.fivePoints
        let inside = known.count {
            $0.x >= 0 && $0.y >= 0 && $0.x < Double(photo.width) && $0.y < Double(photo.height)
        }
        let share = known.isEmpty ? nil : Double(inside) / Double(known.count)
        let yaw = HeadPose(sample).yaw ?? .infinity
        let isLevel = abs(yaw) <= Self.turned && sample.eyeDistance >= Self.small
        let symmetry = isLevel ? Self.symmetry(sample) : nil
        self.visible = visible.rounded(toPlaces: 3)
        landmarks = share?.rounded(toPlaces: 3)
        self.symmetry = symmetry.map { max(0, $0).rounded(toPlaces: 3) }
        score = min(Self.whole(self.visible, landmarks), Self.alike(self.symmetry))
    }

    /// How many places each half is looked at, across and down.
    private static let (across, down) = (8, 17)

    /// The correlation of the face's halves, -1 to 1; `nil` without a mouth, or where a half is all one grey.
    private static func symmetry(_ sample: FaceSample) -> Double? {
        guard let eyes = sample.landmarks.betweenEyes, let mouth = sample.landmarks.betweenMouthCorners,
            eyes != mouth
        else { return nil }
        // Down the face and to its side, a step each, in the photo's pixels.
        let step = 0.9 * sample.eyeDistance / Double(across)
        let length = eyes.distance(to: mouth)
        let (dx, dy) = ((mouth.x - eyes.x) / length * step, (mouth.y - eyes.y) / length * step)
        var (left, right): ([Double], [Double]) = ([], [])
        for row in 0..<down {
            for column in 0..<across {
                let (v, u) = (Double(row - 4), Double(column) + 0.5)
                let middle = Point(x: eyes.x + v * dx, y: eyes.y + v * dy)
                let one = sample.level(at: Point(x: middle.x + u * dy, y: middle.y - u * dx), within: step)
                let other = sample.level(at: Point(x: middle.x - u * dy, y: middle.y + u * dx), within: step)
                guard let one, let other else { continue }
                left.append(one)
                right.append(other)
            }
        }
        return correlation(left, right)
    }

    private static func correlation(_ one: [Double], _ other: [Double]) -> Double? {
        guard one.count >= across * down / 2 else { return nil }
        let count = Double(one.count)
        let (first, second) = (one.reduce(0, +) / count, other.reduce(0, +) / count)
        var (both, ones, others) = (0.0, 0.0, 0.0)
        for (a, b) in zip(one, other) {
            both += (a - first) * (b - second)
            ones += (a - first) * (a - first)
            others += (b - second) * (b - second)
        }
        // Less than a level of deviation is nothing to compare.
        guard ones > count, others > count else { return nil }
        return both / (ones * others).squareRoot()
    }

    enum CodingKeys: CodingKey { case score, visible, landmarks, symmetry }
}

extension Landmarks {
    /// Those of eyes, nose and mouth that are known.
    fileprivate var fivePoints: [Point] { [leftEye, rightEye, nose, mouthLeft, mouthRight].compactMap(\.self) }
}

extension FaceSample {
    /// The mean level of a square about a place in the photo; `nil` outside the face's middle.
    fileprivate func level(at point: Point, within side: Double) -> Double? {
        let (from, to) = (
            place(point.moved(x: -side / 2, y: -side / 2)), place(point.moved(x: side / 2, y: side / 2))
        )
        let columns = max(0, Int(from.x.rounded()))...max(0, Int(from.x.rounded()), Int(to.x.rounded()))
        let rows = max(0, Int(from.y.rounded()))...max(0, Int(from.y.rounded()), Int(to.y.rounded()))
        guard to.x >= 0, to.y >= 0, columns.upperBound < middle.width, rows.upperBound < middle.height else {
            return nil
        }
        var sum = 0.0
        for row in rows { for column in columns { sum += Double(middle.levels[row * middle.width + column]) } }
        return sum / Double(columns.count * rows.count)
    }
}
