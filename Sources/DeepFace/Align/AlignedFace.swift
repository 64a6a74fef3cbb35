/// A face out of its photo, on its way from detection to a model.
struct AlignedFace: Sendable {
    let image: Image
    let area: FacialArea
    /// How sure the detector is; 0 where nothing was detected.
    let score: Double
    /// Whether `image` is a chip on the model's template.
    let isChip: Bool
    /// Whether it is live; `nil` where that was not asked.
    var liveness: Liveness?
    /// How good its picture is; `nil` where that was not asked.
    var quality: FaceQuality?

    /// - Throws: `spoofDetected` when the face was judged and is not live.
    func refuseSpoof() throws(DeepFaceError) {
        guard let liveness, !liveness.isReal else { return }
        throw DeepFaceError(
            .spoofDetected, "a face is not live (score \(liveness.score.rounded(toPlaces: 4)))",
            advice: "show the person, not a picture")
    }
}

/// The first two rooms: finds the faces of a photo and aligns them.
struct FaceFinder: Sendable {
    let options: Options
    let pose: Pose
    let detector: any Detector
    let liveness: (any LivenessDetector)?

    /// How faces are brought into a pose.
    enum Pose: Sendable {
        /// On a template, chips of so many pixels.
        case template(AlignmentTemplate, size: Int)
        /// The eyes made level.
        case eyes
        /// The box as it is.
        case box

        var usesTemplate: Bool { if case .template = self { true } else { false } }
    }

    /// The faces of a photo. Blocks while it computes.
    ///
    /// - Throws: `noFace` when there is none and detection is enforced.
    func faces(in photo: Image) throws(DeepFaceError) -> [AlignedFace] {
        var faces = options.detector.searches ? try search(photo) : [try whole(photo)]
        if faces.isEmpty {
            guard !options.enforceDetection else {
                throw DeepFaceError(
                    .noFace, "no face was found",
                    advice: "try another detector, or --no-enforce-detection to take the whole image")
            }
            faces = [try whole(photo)]
        }
        if let liveness {
            let judgements = try liveness.judge(faces.map(\.area), in: photo)
            for index in faces.indices { faces[index].liveness = judgements[index] }
        }
        return faces
    }

    private func search(_ photo: Image) throws(DeepFaceError) -> [AlignedFace] {
        switch pose {
        case .template, .box:
            try largest(detector.detect(in: photo)).map { face throws(DeepFaceError) in try aligned(face, in: photo) }
                .compactMap(\.self)
        case .eyes:
            try level(photo)
        }
    }

    /// A face that was found in a photo, aligned; `nil` where nothing of it lies in the photo.
    func aligned(_ face: DetectedFace, in photo: Image) throws(DeepFaceError) -> AlignedFace? {
        var face = face
        switch pose {
        case .template(let template, let size):
            let chip = try SimilarityWarp.chip(
                of: face.landmarks, in: photo, template: template, expand: options.expand, size: size)
            return try cut(
                chip ?? photo.cropped(to: face.box.grown(percent: options.expand, in: photo)), face, photo,
                isChip: chip != nil)
        case .eyes:
            face.box = face.box.grown(percent: options.expand, in: photo)
            let image = try EyeRotation.face(in: face.box, landmarks: face.landmarks.wholePixels, of: photo)
            return try cut(image, face, photo, isChip: false)
        case .box:
            face.box = face.box.grown(percent: options.expand, in: photo)
            return try cut(photo.cropped(to: face.box), face, photo, isChip: false)
        }
    }

    /// As Python does it: detection and rotation happen in the photo with a black border.
    private func level(_ photo: Image) throws(DeepFaceError) -> [AlignedFace] {
        let border = EyeRotation.border(of: photo)
        let padded = photo.bordered(horizontal: border.horizontal, vertical: border.vertical)
        return try largest(detector.detect(in: padded)).map { face throws(DeepFaceError) in
            var face = face
            face.box = face.box.grown(percent: options.expand, in: padded)
            let image = try EyeRotation.face(in: face.box, landmarks: face.landmarks.wholePixels, of: padded)
            return try cut(image, face.moved(x: -border.horizontal, y: -border.vertical), photo, isChip: false)
        }.compactMap(\.self)
    }

    private func cut(
        _ image: Image?, _ face: DetectedFace, _ photo: Image, isChip: Bool
    ) throws(DeepFaceError) -> AlignedFace? {
        guard let image else { return nil }
        return AlignedFace(
            image: image, area: FacialArea(face, width: photo.width, height: photo.height), score: face.score,
            isChip: isChip, quality: options.needsQuality ? try FaceQuality(of: face, in: photo) : nil)
    }

    /// The photo itself, for want of a face in it.
    private func whole(_ photo: Image) throws(DeepFaceError) -> AlignedFace {
        let box = Box(x: 0, y: 0, width: photo.width, height: photo.height)
        let face = DetectedFace(box: box, score: 0)
        return AlignedFace(
            image: photo, area: FacialArea(face, width: photo.width, height: photo.height), score: 0, isChip: false,
            quality: options.needsQuality ? try FaceQuality(of: face, in: photo) : nil)
    }

    /// As many as the options allow.
    func largest(_ faces: [DetectedFace]) -> [DetectedFace] {
        guard let most = options.maximumFaces, most < faces.count else { return faces }
        return Array(faces.sorted { $0.box.area > $1.box.area }.prefix(most))
    }
}

extension Landmarks {
    /// The eyes at whole pixels, as Python's detectors give them.
    fileprivate var wholePixels: Landmarks {
        func whole(_ point: Point?) -> Point? {
            point.map { Point(x: $0.x.rounded(.toNearestOrEven), y: $0.y.rounded(.toNearestOrEven)) }
        }
        return Landmarks(leftEye: whole(leftEye), rightEye: whole(rightEye))
    }
}
