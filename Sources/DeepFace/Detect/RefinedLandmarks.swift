/// A detector, and something else that finds the landmarks of what it finds.
struct RefinedLandmarks: Detector {
    let detector: any Detector
    let refiner: any LandmarkRefiner

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        try detector.detect(in: image).map { face throws(DeepFaceError) in
            var face = face
            face.landmarks = try refiner.landmarks(of: face, in: image)
            return face
        }
    }
}
