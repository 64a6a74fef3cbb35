import Inference

extension DetectorModel {
    /// BlazeFace, short range: one small network over the whole photo at 128 × 128 pixels, for faces that fill a tenth
    /// of it or more (Bazarevsky et al., CVPRW 2019), read as MediaPipe's face detection does.
    ///
    /// For alignment by the eyes or none it sees blue for red, as Python DeepFace shows it photos; otherwise the right
    /// colours, smoothly scaled. Alignment by landmarks takes eyes and nose, which on the sample photos tells faces
    /// apart as well as dlib's predictor on its boxes, and as MTCNN's five points.
    public static let mediapipe = DetectorModel(
        name: "mediapipe", summary: "MediaPipe's BlazeFace for near faces, eyes and nose", networks: [.blazeFaceShort]
    ) { resources throws(DeepFaceError) in
        try BlazeFaceDetector(.shortRange, .blazeFaceShort, resources)
    }

    /// BlazeFace, full range: the same at 192 × 192 pixels, for faces half as large too.
    public static let mediapipeFull = DetectorModel(
        name: "mediapipe-full", summary: "MediaPipe's BlazeFace for near and far faces, eyes and nose",
        networks: [.blazeFaceFull]
    ) { resources throws(DeepFaceError) in
        try BlazeFaceDetector(.fullRange, .blazeFaceFull, resources)
    }
}

extension StoredNetwork {
    static let blazeFaceShort = StoredNetwork(
        name: "blazeface-short",
        files: [
            .mediapipe(
                "face_detection_short_range.tflite", module: "face_detection", size: 229_714,
                sha256: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8")
        ],
        form: .ready(input: [128, 128, 3], output: nil))

    static let blazeFaceFull = StoredNetwork(
        name: "blazeface-full",
        files: [
            .mediapipe(
                "face_detection_full_range_sparse.tflite", module: "face_detection", size: 676_746,
                sha256: "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1")
        ],
        form: .ready(input: [192, 192, 3], output: nil))
}

extension PublishedFile {
    /// A file of the PyPI package `mediapipe`.
    static func mediapipe(_ name: String, module: String, size: Int, sha256: String) -> PublishedFile {
        PublishedFile(
            name: name, size: size, sha256: sha256, licence: "Apache-2.0",
            source: .pypi(package: "mediapipe", version: "0.10.14", member: "mediapipe/modules/\(module)/\(name)"))
    }
}

private struct BlazeFaceDetector: Detector {
    let variant: BlazeFaceVariant
    let network: any Network
    let parity: Bool
    let anchors: [Point]

    init(
        _ variant: BlazeFaceVariant, _ stored: StoredNetwork, _ resources: DetectorResources
    ) throws(DeepFaceError) {
        self.variant = variant
        network = try resources.compiled.network(stored)
        parity = resources.parity
        anchors = variant.anchors
    }

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let region = ImageRegion(around: image)
        let layout = RegionLayout(
            side: variant.side, scale: 2 / 255, shift: -1, redFirst: !parity, atCorners: parity)
        let outputs = try network.outputs(for: image.tensor(of: region, layout))
        guard outputs.count == 2, outputs[0].shape == [1, anchors.count, BlazeFaceCandidate.numbers],
            outputs[1].shape == [1, anchors.count, 1]
        else {
            throw DeepFaceError(.weightsDamaged, "the network does not give BlazeFace's outputs")
        }
        return candidates(outputs[0].values, outputs[1].values).sorted { $0.score > $1.score }.merged
            .compactMap { face($0, region, image) }
    }

    private func candidates(_ offsets: [Float], _ logits: [Float]) -> [BlazeFaceCandidate] {
        // Python DeepFace asks for 0.7, but MediaPipe's graph does not take its limit over.
        let lowestScore = parity ? variant.lowestScore : BlazeFaceVariant.lowestScore
        return anchors.indices.compactMap { index in
            let score = BlazeFaceCandidate.score(ofLogit: Double(logits[index]))
            guard score >= lowestScore else { return nil }
            let numbers = offsets[index * BlazeFaceCandidate.numbers..<(index + 1) * BlazeFaceCandidate.numbers]
            return BlazeFaceCandidate(
                numbers.map { Double($0) / Double(variant.side) }, from: anchors[index], score: score)
        }
    }

    /// The candidate in pixels of the image; `nil` when nothing of it lies in the image.
    private func face(_ candidate: BlazeFaceCandidate, _ region: ImageRegion, _ image: Image) -> DetectedFace? {
        let first = region.point(candidate.area.left, candidate.area.top)
        let last = region.point(candidate.area.right, candidate.area.bottom)
        // MediaPipe takes a pixel's corner for its place.
        let half = parity ? 0 : 0.5
        let points = candidate.points.map { region.point($0.x, $0.y).moved(x: -half, y: -half) }
        guard !parity else {
            // Python cuts off fractions, box and eyes, and knows no other points.
            func whole(_ point: Point) -> Point {
                Point(x: point.x.rounded(.towardZero), y: point.y.rounded(.towardZero))
            }
            return DetectedFace(
                box: Box(x: Int(first.x), y: Int(first.y), width: Int(last.x - first.x), height: Int(last.y - first.y)),
                landmarks: Landmarks(leftEye: whole(points[1]), rightEye: whole(points[0])), score: candidate.score)
        }
        let box = Rectangle(left: first.x, top: first.y, right: last.x, bottom: last.y)
            .box(width: image.width, height: image.height)
        guard box.width > 0, box.height > 0 else { return nil }
        return DetectedFace(
            box: box, landmarks: Landmarks(leftEye: points[1], rightEye: points[0], nose: points[2]),
            score: candidate.score)
    }
}
