/// How well a face can be recognised as it is seen right now.
package enum FaceView {
    /// Faces of this side, in pixels, show all that a model looks at.
    private static let fullSize = 112.0
    /// What is thought of a face without landmarks.
    private static let unknownPose = 0.5

    /// 0 to 1: its size, how sure the detector is, and how much it looks into the camera, multiplied.
    package static func quality(_ face: DetectedFace) -> Double {
        let size = Double(max(0, min(face.box.width, face.box.height)))
        return min(1, size / fullSize) * min(1, max(0, face.score)) * frontality(face.landmarks)
    }

    /// 1 where the nose is midway between the eyes, along the line between them; 0 where it is beyond an eye.
    package static func frontality(_ landmarks: Landmarks) -> Double {
        guard let left = landmarks.leftEye, let right = landmarks.rightEye, let nose = landmarks.nose else {
            return unknownPose
        }
        let (x, y) = (left.x - right.x, left.y - right.y)
        let length = x * x + y * y
        guard length > 0 else { return 0 }
        let place = ((nose.x - right.x) * x + (nose.y - right.y) * y) / length
        return max(0, 1 - 2 * abs(place - 0.5))
    }
}
