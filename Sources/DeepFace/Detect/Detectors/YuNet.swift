import Foundation
import Inference

extension DetectorModel {
    /// YuNet: one small network over the whole photo (Wu, Peng and Yu, Machine Intelligence Research 2023), read as
    /// OpenCV's FaceDetectorYN does. It finds faces from some 10 pixels up.
    public static let yunet = DetectorModel(
        name: "yunet", summary: "YuNet, eyes, nose and mouth corners", networks: [.yuNet], workingSide: 1280
    ) { resources throws(DeepFaceError) in
        YuNetDetector(
            network: try resources.alone.network(.yuNet), parity: resources.parity, thorough: resources.thorough)
    }
}

extension StoredNetwork {
    static let yuNet = StoredNetwork(
        name: "yunet",
        files: [
            .web(
                "face_detection_yunet_2023mar.onnx", size: 232_589,
                sha256: "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4", licence: "MIT",
                "https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx"
            )
        ],
        form: .ready(input: [3, nil, nil], output: nil))
}

private struct YuNetDetector: Detector {
    let network: any Network
    let parity: Bool
    /// Whether to look for small faces even where none are to be expected.
    let thorough: Bool

    /// OpenCV's 0.9 misses small faces by the dozen; few other things score 0.7.
    private var leastScore: Float { parity ? 0.9 : 0.7 }

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        parity ? try asPython(image) : try atEverySize(image)
    }

    /// Faces of more than some 200 pixels are found less well, or in parts: they are looked for in the photo at 640
    /// pixels, and smaller ones in the photo twice as large, and so on up to its own size; the larger photos only where
    /// nothing was found before or something small.
    private func atEverySize(_ image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let longest = max(image.width, image.height)
        var side = min(longest, Self.side)
        var found = try seen(image, at: side)
        while side < longest {
            let small = Self.small * longest / side
            guard thorough || found.isEmpty || found.contains(where: { $0.box.width < small }) else {
                break
            }
            side = min(2 * side, longest)
            let limit = Self.largest * longest / side
            found += try seen(image, at: side).filter { max($0.box.width, $0.box.height) < limit }
        }
        return found.sorted { $0.score > $1.score }.suppressed { Rectangle($0.box).overlap(Rectangle($1.box)) > 0.3 }
    }

    private static let side = 640
    private static let largest = 192
    private static let small = 40

    private func seen(_ image: Image, at side: Int) throws(DeepFaceError) -> [DetectedFace] {
        try BoundedDetector(OneSize(detector: self), side).detect(in: image)
    }

    /// The photo as it is.
    private struct OneSize: Detector {
        let detector: YuNetDetector

        func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
            try detector.faces(in: image).map { face in
                DetectedFace(
                    box: face.area.box(width: image.width, height: image.height), landmarks: face.landmarks,
                    score: face.score)
            }
        }
    }

    /// Python searches at 640 pixels at most and cuts off fractions, before it scales up and after.
    private func asPython(_ image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let longest = max(image.width, image.height)
        let scale = longest > Self.side ? Double(Self.side) / Double(longest) : 1
        let small =
            scale == 1
            ? image
            : try image.resized(
                width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)),
                .linear)
        func grown(_ value: Double) -> Int { Int(value.rounded(.towardZero) / scale) }
        return try faces(in: small).map { face in
            DetectedFace(
                box: Box(
                    x: grown(max(0, face.area.left)), y: grown(max(0, face.area.top)), width: grown(face.area.width),
                    height: grown(face.area.height)),
                landmarks: face.landmarks.map { Point(x: Double(grown($0.x)), y: Double(grown($0.y))) },
                score: face.score)
        }
    }

    /// A face as the network places it.
    private struct Candidate {
        let area: Rectangle
        let landmarks: Landmarks
        let score: Double

        /// The area in whole pixels, by which OpenCV compares them.
        var whole: Rectangle {
            func whole(_ value: Double) -> Double { value.rounded(.towardZero) }
            let (x, y) = (whole(area.left), whole(area.top))
            return Rectangle(left: x, top: y, right: x + whole(area.width), bottom: y + whole(area.height))
        }
    }

    private func faces(in image: Image) throws(DeepFaceError) -> [Candidate] {
        let (width, height) = ((image.width + 31) / 32 * 32, (image.height + 31) / 32 * 32)
        let outputs = try network.outputs(for: image.planes(width: width, height: height))
        var found: [Candidate] = []
        for (level, stride) in [8, 16, 32].enumerated() {
            // Of each cell the class, whether there is anything, its box, and its five points.
            let parts = (0..<4).map { outputs[level + 3 * $0] }
            let columns = width / stride
            let cells = columns * (height / stride)
            guard zip(parts, [1, 1, 4, 10]).allSatisfy({ $0.shape == [1, cells, $1] }) else {
                throw DeepFaceError(.weightsDamaged, "the network yunet does not give YuNet's outputs")
            }
            let (classes, objects, boxes, points) = (
                parts[0].values, parts[1].values, parts[2].values, parts[3].values
            )
            for cell in 0..<cells {
                let score = (min(1, max(0, classes[cell])) * min(1, max(0, objects[cell]))).squareRoot()
                guard score >= leastScore else { continue }
                let (column, row, size) = (Double(cell % columns), Double(cell / columns), Double(stride))
                func box(_ index: Int) -> Double { Double(boxes[4 * cell + index]) }
                func point(_ index: Int) -> Point {
                    let place = 10 * cell + 2 * index
                    return Point(
                        x: (column + Double(points[place])) * size, y: (row + Double(points[place + 1])) * size)
                }
                let (x, y) = ((column + box(0)) * size, (row + box(1)) * size)
                let (halfWidth, halfHeight) = (exp(box(2)) * size / 2, exp(box(3)) * size / 2)
                guard [x, y, halfWidth, halfHeight].allSatisfy(\.isFinite), max(halfWidth, halfHeight) < 1e6 else {
                    continue
                }
                found.append(
                    Candidate(
                        area: Rectangle(
                            left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight),
                        landmarks: Landmarks(
                            leftEye: point(1), rightEye: point(0), nose: point(2), mouthLeft: point(4),
                            mouthRight: point(3)),
                        score: Double(score)))
            }
        }
        found.sort { $0.score > $1.score }
        return found.suppressed { $0.whole.overlap($1.whole) > 0.3 }
    }
}
