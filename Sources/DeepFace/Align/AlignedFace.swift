/// A face out of its photo, on its way from detection to a model.
struct AlignedFace: Sendable {
    let image: Image
    let area: FacialArea
    /// How sure the detector is; 0 where nothing was detected.
    let score: Double
    /// Whether `image` is a chip on the model's template.
    let isChip: Bool

    /// Finds and aligns the faces of a photo: the first two rooms. Blocks while it computes.
    ///
    /// - Throws: `noFace` when there is none and detection is enforced.
    static func faces(
        in photo: Image, options: Options, detector: any Detector, chipSize: Int? = nil
    ) throws(DeepFaceError) -> [AlignedFace] {
        guard options.detector.searches else { return [whole(photo)] }
        let faces: [AlignedFace]
        switch options.alignment {
        case .landmarks:
            faces = try largest(options, detector.detect(in: photo)).map { face throws(DeepFaceError) in
                let chip = try SimilarityWarp.chip(
                    of: face.landmarks, in: photo, template: options.model.template, expand: options.expand,
                    size: chipSize)
                return cut(
                    chip ?? photo.cropped(to: face.box.grown(percent: options.expand, in: photo)), face, photo,
                    isChip: chip != nil)
            }.compactMap(\.self)
        case .eyes:
            let border = EyeRotation.border(of: photo)
            let padded = photo.bordered(horizontal: border.horizontal, vertical: border.vertical)
            faces = try largest(options, detector.detect(in: padded)).map { face throws(DeepFaceError) in
                var face = face
                face.box = face.box.grown(percent: options.expand, in: padded)
                let image = try EyeRotation.face(in: face.box, landmarks: face.landmarks.wholePixels, of: padded)
                return cut(image, face.moved(x: -border.horizontal, y: -border.vertical), photo, isChip: false)
            }.compactMap(\.self)
        case .none:
            faces = try largest(options, detector.detect(in: photo)).map { face throws(DeepFaceError) in
                var face = face
                face.box = face.box.grown(percent: options.expand, in: photo)
                return cut(photo.cropped(to: face.box), face, photo, isChip: false)
            }.compactMap(\.self)
        }
        if !faces.isEmpty { return faces }
        guard !options.enforceDetection else {
            throw DeepFaceError(
                .noFace, "no face was found",
                advice: "try another detector, or --no-enforce-detection to take the whole image")
        }
        return [whole(photo)]
    }

    private static func cut(_ image: Image?, _ face: DetectedFace, _ photo: Image, isChip: Bool) -> AlignedFace? {
        image.map { image in
            AlignedFace(
                image: image, area: FacialArea(face, width: photo.width, height: photo.height), score: face.score,
                isChip: isChip)
        }
    }

    /// The photo itself, for want of a face in it.
    private static func whole(_ photo: Image) -> AlignedFace {
        let box = Box(x: 0, y: 0, width: photo.width, height: photo.height)
        let area = FacialArea(DetectedFace(box: box, score: 0), width: photo.width, height: photo.height)
        return AlignedFace(image: photo, area: area, score: 0, isChip: false)
    }

    private static func largest(_ options: Options, _ faces: [DetectedFace]) -> [DetectedFace] {
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
