/// Where a face is in its photo: whole pixels, and landmarks from the person's side. The keys are Python's.
public struct FacialArea: Sendable, Equatable, Codable {
    public var x, y, w, h: Int
    /// `[x, y]`; `nil` when unknown or outside the photo.
    public var leftEye, rightEye: [Int]?
    /// `[x, y]`; `nil` when unknown or outside the photo.
    public var nose, mouthLeft, mouthRight: [Int]?

    public init(x: Int, y: Int, w: Int, h: Int) {
        (self.x, self.y, self.w, self.h) = (x, y, w, h)
    }

    enum CodingKeys: String, CodingKey {
        case x, y, w, h, nose
        case leftEye = "left_eye"
        case rightEye = "right_eye"
        case mouthLeft = "mouth_left"
        case mouthRight = "mouth_right"
    }

    /// The eyes are always written, `null` when unknown, as Python writes them.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(x, forKey: .x)
        try container.encode(y, forKey: .y)
        try container.encode(w, forKey: .w)
        try container.encode(h, forKey: .h)
        try container.encode(leftEye, forKey: .leftEye)
        try container.encode(rightEye, forKey: .rightEye)
        try container.encodeIfPresent(nose, forKey: .nose)
        try container.encodeIfPresent(mouthLeft, forKey: .mouthLeft)
        try container.encodeIfPresent(mouthRight, forKey: .mouthRight)
    }
}

extension FacialArea {
    /// The face's place in a photo of `width` × `height`, cut to it as Python cuts: the last row and column stay out.
    package init(_ face: DetectedFace, width: Int, height: Int) {
        x = max(0, face.box.x)
        y = max(0, face.box.y)
        w = max(0, min(width - x - 1, face.box.width))
        h = max(0, min(height - y - 1, face.box.height))
        func inside(_ point: Point?) -> [Int]? {
            guard let point else { return nil }
            let place = [Int(point.x.rounded(.toNearestOrEven)), Int(point.y.rounded(.toNearestOrEven))]
            return (0..<width).contains(place[0]) && (0..<height).contains(place[1]) ? place : nil
        }
        leftEye = inside(face.landmarks.leftEye)
        rightEye = inside(face.landmarks.rightEye)
        nose = inside(face.landmarks.nose)
        mouthLeft = inside(face.landmarks.mouthLeft)
        mouthRight = inside(face.landmarks.mouthRight)
    }
}
