/// A detector that finds boxes, and dlib's predictor for the points inside them.
struct PredictedLandmarks: Detector {
    let detector: any Detector
    let predictor: FivePointPredictor

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        try detector.detect(in: image).map { face throws(DeepFaceError) in
            let corners = try predictor.corners(of: face.box, in: image)
            var face = face
            face.landmarks = Landmarks(leftEye: corners.leftEye, rightEye: corners.rightEye, corners: corners)
            return face
        }
    }
}
