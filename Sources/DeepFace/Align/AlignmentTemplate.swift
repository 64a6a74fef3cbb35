/// Where a face's points lie in the pictures a model was trained with.
public struct AlignmentTemplate: Sendable, Equatable {
    /// The side of the square picture, in pixels.
    public let size: Int
    /// Eye centres, tip of the nose and corners of the mouth.
    let fivePoints: FivePoints
    /// dlib's five points.
    let corners: EyeCorners

    struct FivePoints: Sendable, Equatable {
        let leftEye, rightEye, nose, mouthLeft, mouthRight: Point
    }

    /// Pairs of a face's point and its place in the template: dlib's corners where they are known, else all of the
    /// five points that the face has.
    func pairs(_ landmarks: Landmarks) -> [(face: Point, template: Point)] {
        if let found = landmarks.corners {
            return zip(found.points, corners.points).map { (face: $0, template: $1) }
        }
        let all: [(Point?, Point)] = [
            (landmarks.leftEye, fivePoints.leftEye), (landmarks.rightEye, fivePoints.rightEye),
            (landmarks.nose, fivePoints.nose), (landmarks.mouthLeft, fivePoints.mouthLeft),
            (landmarks.mouthRight, fivePoints.mouthRight),
        ]
        return all.compactMap { face, template in face.map { (face: $0, template: template) } }
    }
}

extension AlignmentTemplate {
    /// The five points of insightface's `arcface_src` (python-package/insightface/utils/face_align.py): 112 pixels.
    ///
    /// The corners are where dlib's points of 68 faces fell in such pictures (spread 0.8 to 1.9 pixels).
    static let arcFace = AlignmentTemplate(
        size: 112,
        fivePoints: FivePoints(
            leftEye: Point(x: 73.5318, y: 51.5014), rightEye: Point(x: 38.2946, y: 51.6963),
            nose: Point(x: 56.0252, y: 71.7366), mouthLeft: Point(x: 70.7299, y: 92.2041),
            mouthRight: Point(x: 41.5493, y: 92.3655)),
        corners: EyeCorners(
            leftOuter: Point(x: 81.3, y: 53.7), leftInner: Point(x: 66.7, y: 54.5), rightOuter: Point(x: 30.9, y: 53.9),
            rightInner: Point(x: 45.4, y: 54.6), noseBase: Point(x: 56.1, y: 81.0)))

    /// dlib's face chip: 150 pixels, padding 0.25.
    ///
    /// The corners are those of dlib's `get_face_chip_details` (dlib/image_transforms/interpolation.h); the five points
    /// are where eye centres, nose and mouth of 68 faces fell in such chips (spread 1.5 to 4.8 pixels).
    static let dlibChip = {
        func place(_ x: Double, _ y: Double) -> Point {
            Point(x: (0.25 + x) / 1.5 * 150, y: (0.25 + y) / 1.5 * 150)
        }
        return AlignmentTemplate(
            size: 150,
            fivePoints: FivePoints(
                leftEye: Point(x: 101.8, y: 45.4), rightEye: Point(x: 47.1, y: 45.4), nose: Point(x: 74.4, y: 77.7),
                mouthLeft: Point(x: 99.8, y: 100.7), mouthRight: Point(x: 49.6, y: 101.4)),
            corners: EyeCorners(
                leftOuter: place(0.8595674595992, 0.2134981538014), leftInner: place(0.6460604764104, 0.2289674387677),
                rightOuter: place(0.1205750620789, 0.2137274526848),
                rightInner: place(0.3340850613712, 0.2290642403242),
                noseBase: place(0.4901123135679, 0.6277975316475)))
    }()
}
