/// A face as its quality is measured: its points, and its middle in grey, from the photo's own pixels.
struct FaceSample {
    /// The detector's; may leave the photo.
    let box: Box
    let landmarks: Landmarks
    /// Of the photo, in pixels.
    let photoWidth, photoHeight: Int
    /// How far the eyes lie apart, in pixels, as seen from the front.
    let eyeDistance: Double
    /// Eyes to mouth and cheek to cheek: little of what is around the face.
    let middle: GreyPatch
    /// How far the eyes lie apart in `middle`.
    let middleEyeDistance: Double
    /// From a place in the photo to one in `middle`.
    let place: @Sendable (Point) -> Point

    /// A larger face is scaled down to so many pixels across its middle, about twice what models look at: blur that
    /// they cannot see does not count.
    private static let side = 160

    init(_ face: DetectedFace, in photo: Image) throws(DeepFaceError) {
        box = face.box
        landmarks = face.landmarks
        (photoWidth, photoHeight) = (photo.width, photo.height)
        eyeDistance = face.landmarks.frontalEyeDistance ?? 0.43 * Double(min(face.box.width, face.box.height))
        let region = Self.middle(of: face, eyeDistance)
        let inside = region.intersection(Box(x: 0, y: 0, width: photo.width, height: photo.height))
        var part = photo.cropped(to: inside) ?? photo
        let origin = inside.area > 0 ? inside : Box(x: 0, y: 0, width: photo.width, height: photo.height)
        let scale = min(1, Double(Self.side) / Double(max(part.width, part.height)))
        if scale < 1 {
            part = try part.resized(
                width: max(1, Int(Double(part.width) * scale)), height: max(1, Int(Double(part.height) * scale)), .area)
        }
        middle = GreyPatch(part)
        middleEyeDistance = eyeDistance * scale
        place = { Point(x: ($0.x - Double(origin.x)) * scale, y: ($0.y - Double(origin.y)) * scale) }
    }

    private static func middle(of face: DetectedFace, _ eyeDistance: Double) -> Box {
        guard let eyes = face.landmarks.betweenEyes, let mouth = face.landmarks.betweenMouthCorners else {
            let (x, y) = (face.box.width * 15 / 100, face.box.height * 15 / 100)
            return Box(
                x: face.box.x + x, y: face.box.y + y, width: max(1, face.box.width - 2 * x),
                height: max(1, face.box.height - 2 * y))
        }
        let half = 1.1 * eyeDistance
        return Box(
            x: Int(((eyes.x + mouth.x) / 2 - half).rounded()), y: Int(((eyes.y + mouth.y) / 2 - half).rounded()),
            width: max(1, Int((2 * half).rounded())), height: max(1, Int((2 * half).rounded())))
    }
}

/// A picture in grey, levels of 0 to 255.
struct GreyPatch: Sendable {
    let width, height: Int
    /// Rows from top to bottom.
    let levels: [Float]

    init(width: Int, height: Int, levels: [Float]) {
        (self.width, self.height, self.levels) = (width, height, levels)
    }

    /// The luma of ITU-R BT.601.
    init(_ image: Image) {
        width = image.width
        height = image.height
        let count = image.width * image.height
        levels = image.pixels.withUnsafeBufferPointer { pixels in
            [Float](unsafeUninitializedCapacity: count) { target, initialized in
                for index in 0..<count {
                    let (blue, green, red) = (pixels[3 * index], pixels[3 * index + 1], pixels[3 * index + 2])
                    target[index] = 0.114 * Float(blue) + 0.587 * Float(green) + 0.299 * Float(red)
                }
                initialized = count
            }
        }
    }
}

extension Landmarks {
    var betweenEyes: Point? { Self.middle(leftEye, rightEye) }
    var betweenMouthCorners: Point? { Self.middle(mouthLeft, mouthRight) }

    /// How far the eyes lie apart; where the face is turned, as the height of the face has it.
    fileprivate var frontalEyeDistance: Double? {
        guard let leftEye, let rightEye, let eyes = betweenEyes else { return nil }
        let across = leftEye.distance(to: rightEye)
        // On the template of 112 pixels the eyes are 35.2 apart, and 40.7 above the mouth.
        let down = betweenMouthCorners.map { 35.2 / 40.7 * eyes.distance(to: $0) } ?? 0
        return max(across, down) > 0 ? max(across, down) : nil
    }

    private static func middle(_ one: Point?, _ other: Point?) -> Point? {
        guard let one, let other else { return nil }
        return Point(x: (one.x + other.x) / 2, y: (one.y + other.y) / 2)
    }
}

extension Point {
    func distance(to other: Point) -> Double {
        ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
    }
}
