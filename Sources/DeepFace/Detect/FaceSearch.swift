/// How faces are looked for, whichever detector does it.
struct FaceSearch: Sendable, Hashable {
    /// Whether all is to be as in Python DeepFace, which alignment by the eyes and none are for.
    let parity: Bool
    let size: DetectionSize
    let landmarks: LandmarkSource
    let anyRotation: Bool
}

/// At which size photos are searched.
public enum DetectionSize: Sendable, Hashable {
    /// As the detector does best; photos within its own limit as they are. Exactly Python DeepFace's with alignment by
    /// the eyes or none.
    case automatic
    /// As they are, however large.
    case full
    /// Larger photos scaled down to so many pixels on their longer side. Faces become smaller by as much: those that
    /// then have fewer pixels than the detector needs are not found.
    case longestSide(Int)
}

/// Where a face's landmarks come from.
public enum LandmarkSource: String, Sendable, CaseIterable {
    /// The detector; dlib's 5-point predictor for faces that it gives none of (with alignment by the eyes or none, as
    /// in Python, OpenCV's eye cascade).
    case detector
    /// dlib's 5-point predictor, for every face.
    case predictor
    /// MediaPipe's face mesh, for every face; where it sees no face, as with `detector`.
    case mesh
}

/// Finds a face's landmarks given the face.
protocol LandmarkRefiner: Sendable {
    /// - Returns: what is found, possibly nothing; in pixels of `image`.
    func landmarks(of face: DetectedFace, in image: Image) throws(DeepFaceError) -> Landmarks
}

extension DetectorModel {
    /// The detector with its weights loaded, and around it what the search asks for.
    func detector(_ search: FaceSearch, _ resources: DetectorResources) throws(DeepFaceError) -> any Detector {
        var detector = try load(resources)
        guard searches else { return detector }
        switch search.size {
        case .automatic:
            if let workingSide, !(search.parity && isPythons) { detector = BoundedDetector(detector, workingSide) }
        case .full: break
        case .longestSide(let side): detector = BoundedDetector(detector, side)
        }
        let refiner: (any LandmarkRefiner)?
        switch search.landmarks {
        case .detector: refiner = try completion(search, resources)
        case .predictor: refiner = try FivePointPredictor(resources.store)
        case .mesh: refiner = try FaceMesh(resources.compiled, otherwise: completion(search, resources))
        }
        if let refiner { detector = RefinedLandmarks(detector: detector, refiner: refiner) }
        if search.anyRotation { detector = RotatingDetector(detector) }
        return search.parity ? detector : DistinctFaces(detector: detector)
    }

    /// What finds the landmarks of a detector that gives none.
    private func completion(
        _ search: FaceSearch, _ resources: DetectorResources
    ) throws(DeepFaceError) -> (any LandmarkRefiner)? {
        if givesLandmarks { return nil }
        guard search.parity else { return try FivePointPredictor(resources.store) }
        return HaarEyes(CascadePool(xml: try resources.store.bytes(of: .haarEye)))
    }
}
