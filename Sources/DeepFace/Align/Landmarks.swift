/// Points of a face, named from the person's side: in a frontal photo the person's left eye is on the image's right.
///
/// In pixels of the image the face was found in. A detector fills in what it knows.
public struct Landmarks: Sendable, Equatable {
    /// Centre of the left eye.
    public var leftEye: Point?
    /// Centre of the right eye.
    public var rightEye: Point?
    /// Tip of the nose.
    public var nose: Point?
    /// Corner of the mouth.
    public var mouthLeft: Point?
    /// Corner of the mouth.
    public var mouthRight: Point?
    /// The eyes' corners and the base of the nose, where dlib's 5-point predictor was asked.
    public var corners: EyeCorners?

    public init(
        leftEye: Point? = nil, rightEye: Point? = nil, nose: Point? = nil, mouthLeft: Point? = nil,
        mouthRight: Point? = nil, corners: EyeCorners? = nil
    ) {
        self.leftEye = leftEye
        self.rightEye = rightEye
        self.nose = nose
        self.mouthLeft = mouthLeft
        self.mouthRight = mouthRight
        self.corners = corners
    }

    func moved(x dx: Double, y dy: Double) -> Landmarks {
        Landmarks(
            leftEye: leftEye?.moved(x: dx, y: dy), rightEye: rightEye?.moved(x: dx, y: dy),
            nose: nose?.moved(x: dx, y: dy),
            mouthLeft: mouthLeft?.moved(x: dx, y: dy), mouthRight: mouthRight?.moved(x: dx, y: dy),
            corners: corners?.moved(x: dx, y: dy))
    }
}

/// dlib's five points, in its order.
public struct EyeCorners: Sendable, Equatable {
    public var leftOuter: Point
    public var leftInner: Point
    public var rightOuter: Point
    public var rightInner: Point
    /// Where the nose meets the lip.
    public var noseBase: Point

    public init(leftOuter: Point, leftInner: Point, rightOuter: Point, rightInner: Point, noseBase: Point) {
        self.leftOuter = leftOuter
        self.leftInner = leftInner
        self.rightOuter = rightOuter
        self.rightInner = rightInner
        self.noseBase = noseBase
    }

    var points: [Point] { [leftOuter, leftInner, rightOuter, rightInner, noseBase] }
    /// Midway between the corners.
    public var leftEye: Point { Point(x: (leftOuter.x + leftInner.x) / 2, y: (leftOuter.y + leftInner.y) / 2) }
    /// Midway between the corners.
    public var rightEye: Point { Point(x: (rightOuter.x + rightInner.x) / 2, y: (rightOuter.y + rightInner.y) / 2) }

    func moved(x dx: Double, y dy: Double) -> EyeCorners {
        let moved = points.map { $0.moved(x: dx, y: dy) }
        return EyeCorners(
            leftOuter: moved[0], leftInner: moved[1], rightOuter: moved[2], rightInner: moved[3], noseBase: moved[4])
    }
}
