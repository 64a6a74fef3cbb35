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

    func moved(x dx: Double, y dy: Double) -> Landmarks { map { $0.moved(x: dx, y: dy) } }

    /// The same points elsewhere.
    func map(_ place: (Point) -> Point) -> Landmarks {
        Landmarks(
            leftEye: leftEye.map(place), rightEye: rightEye.map(place), nose: nose.map(place),
            mouthLeft: mouthLeft.map(place), mouthRight: mouthRight.map(place), corners: corners?.map(place))
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

    func map(_ place: (Point) -> Point) -> EyeCorners {
        EyeCorners(
            leftOuter: place(leftOuter), leftInner: place(leftInner), rightOuter: place(rightOuter),
            rightInner: place(rightInner), noseBase: place(noseBase))
    }
}
