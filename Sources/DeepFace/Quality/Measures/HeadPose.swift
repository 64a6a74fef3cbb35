import Foundation

/// Where a face looks, estimated from its points. About ten degrees off is usual.
///
/// The points are taken for those of an average head, seen from afar (the mean of 68 faces that dlib's template has): scale,
/// place and three angles are those that fit best. Roll does not count in the score, since alignment undoes it.
public struct HeadPose: QualityPart {
    /// Degrees to the side; positive where the face looks to the photo's right (the person's left).
    public let yaw: Double?
    /// Degrees; positive where the face looks up.
    public let pitch: Double?
    /// Degrees that the head leans over, clockwise in the photo.
    public let roll: Double?
    public let score: Double?
    public var reason: QualityReason { .turned }

    init(_ sample: FaceSample) { self.init(sample.landmarks) }

    init(_ landmarks: Landmarks) {
        let angles = Self.fivePoints(landmarks) ?? Self.nose(landmarks)
        func degrees(_ radians: Double?) -> Double? { radians.map { ($0 * 180 / .pi).rounded(toPlaces: 1) } }
        yaw = degrees(angles?.yaw)
        pitch = degrees(angles?.pitch)
        roll = degrees(angles?.roll)
        score = angles?.yaw.map { yaw in
            // Squared, the share of the front that is seen.
            let front = max(0, cos(yaw) * cos(angles?.pitch ?? 0))
            return (front * front).rounded(toPlaces: 3)
        }
    }

    struct Angles {
        var yaw, pitch: Double?
        var roll: Double
    }

    /// How far the nose's tip, its base and the mouth's corners lie in front of the eyes, in eye distances.
    private static let (tip, base, mouth) = (0.45, 0.3, 0.1)

    /// Of eyes, nose and mouth corners.
    static func fivePoints(_ landmarks: Landmarks) -> Angles? {
        guard let leftEye = landmarks.leftEye, let rightEye = landmarks.rightEye, let nose = landmarks.nose,
            let mouthLeft = landmarks.mouthLeft, let mouthRight = landmarks.mouthRight
        else { return nil }
        let template = AlignmentTemplate.dlibChip.fivePoints
        let unit = template.leftEye.distance(to: template.rightEye)
        // z points away from the camera, so that x, y and z are right-handed.
        let head: [(Point, Double)] = [
            (template.leftEye, 0), (template.rightEye, 0), (template.nose, -tip * unit),
            (template.mouthLeft, -mouth * unit), (template.mouthRight, -mouth * unit),
        ]
        let seen = [leftEye, rightEye, nose, mouthLeft, mouthRight]
        let space = head.map { [$0.0.x, $0.0.y, $0.1] }
        guard let rows = AffineFit(space, seen)?.rotation else { return nil }
        let (first, second) = rows
        // The third row of the rotation is square to both.
        let third = [
            first[1] * second[2] - first[2] * second[1], first[2] * second[0] - first[0] * second[2],
            first[0] * second[1] - first[1] * second[0],
        ]
        // Turned first about the neck, then up or down, then over.
        return Angles(
            yaw: atan2(third[0], third[2]), pitch: -asin(min(1, max(-1, third[1]))), roll: atan2(-first[1], second[1]))
    }

    /// Of the eyes, and of the nose where there is no mouth: how far off the middle it is.
    private static func nose(_ landmarks: Landmarks) -> Angles? {
        guard let leftEye = landmarks.leftEye, let rightEye = landmarks.rightEye, let eyes = landmarks.betweenEyes,
            leftEye != rightEye
        else { return nil }
        let (dx, dy) = (leftEye.x - rightEye.x, leftEye.y - rightEye.y)
        var angles = Angles(roll: atan2(dy, dx))
        let found = landmarks.corners.map { ($0.noseBase, base) } ?? landmarks.nose.map { ($0, tip) }
        if let (point, depth) = found {
            let off = ((point.x - eyes.x) * dx + (point.y - eyes.y) * dy) / (dx * dx + dy * dy)
            angles.yaw = atan(off / depth)
        }
        return angles
    }

    enum CodingKeys: CodingKey { case score, yaw, pitch, roll }
}
