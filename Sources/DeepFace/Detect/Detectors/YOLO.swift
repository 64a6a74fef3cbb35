import Foundation
import Inference

extension DetectorModel {
    /// The YOLO face detectors of Python DeepFace, from the user's own ONNX export of the published checkpoints.
    public static let yolo: [DetectorModel] = [
        // Of these, the first alone was trained with landmarks.
        yolo("yolov8n", landmarks: true, drive: "1qcr9DbgsX3ryrz2uU8w4Xm3cOrRywXqb"),
        yolo("yolov8m"), yolo("yolov8l"),
        yolo("yolov11n", publisher: "akanametov"), yolo("yolov11s", publisher: "akanametov"),
        yolo("yolov11m", publisher: "akanametov"), yolo("yolov11l"),
        yolo("yolov12n"), yolo("yolov12s"), yolo("yolov12m"), yolo("yolov12l"),
    ]

    private static func yolo(
        _ name: String, landmarks: Bool = false, publisher: String = "YapaLab", drive: String? = nil
    ) -> DetectorModel {
        let address =
            drive.map { "https://drive.google.com/uc?id=\($0)" }
            ?? "https://github.com/\(publisher)/yolo-face/releases/download/1.0.0/\(name)-face.pt"
        let network = StoredNetwork(
            name: name,
            files: [
                PublishedFile(
                    name: "\(name)-face.onnx", licence: "AGPL-3.0-only",
                    source: .export(
                        from: address,
                        command: "pip install ultralytics && yolo export model=\(name)-face.pt format=onnx"))
            ],
            form: .ready(input: [3, YOLODetector.side, YOLODetector.side], output: nil))
        return DetectorModel(
            name: name,
            summary: "YOLO\(name.dropFirst(4)) trained on faces\(landmarks ? ", eyes, nose and mouth" : "")",
            networks: [network], givesLandmarks: landmarks
        ) { resources throws(DeepFaceError) in
            YOLODetector(network: try resources.compiled.network(network), parity: resources.parity)
        }
    }
}

/// The network's output is, for each of thousands of places, a box (its middle and size), a score and, in some, five
/// points with a confidence each: numbers × places. Sizes and the rest as the `ultralytics` package has them.
private struct YOLODetector: Detector {
    let network: any Network
    let parity: Bool

    static let side = 640
    private static let leastScore: Float = 0.25
    private static let leastOverlap = 0.7
    private static let layout = PlaneLayout(redFirst: true, scale: 1 / 255)
    private static let gray: UInt8 = 114

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let scale = min(Double(Self.side) / Double(image.width), Double(Self.side) / Double(image.height))
        func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded(.toNearestOrEven))) }
        let small = try image.resized(width: scaled(image.width), height: scaled(image.height), .linear)
        func margin(_ length: Int) -> Int { Int((Double(Self.side - length) / 2 - 0.1).rounded(.toNearestOrEven)) }
        let (left, top) = (max(0, margin(small.width)), max(0, margin(small.height)))
        let output = try network.outputs(for: Self.framed(small, left: left, top: top).planes(Self.layout))[0]
        guard output.shape.count == 3, output.shape[0] == 1, [5, 20].contains(output.shape[1]) else {
            throw DeepFaceError(
                .weightsDamaged,
                "the network gives \(output.shape), and 1 × 5 or 20 × places is a YOLO face detector's",
                advice: "export it anew, without nms=True")
        }
        let (numbers, places) = (output.shape[1], output.shape[2])
        var found: [(area: Rectangle, landmarks: Landmarks, score: Double)] = []
        for place in 0..<places where output.values[4 * places + place] >= Self.leastScore {
            func value(_ number: Int) -> Double { Double(output.values[number * places + place]) }
            let area = Rectangle(
                left: value(0) - value(2) / 2, top: value(1) - value(3) / 2, right: value(0) + value(2) / 2,
                bottom: value(1) + value(3) / 2)
            func point(_ number: Int) -> Point { Point(x: value(5 + 3 * number), y: value(6 + 3 * number)) }
            let landmarks =
                numbers == 20
                ? Landmarks(
                    leftEye: point(1), rightEye: point(0), nose: point(2), mouthLeft: point(4), mouthRight: point(3))
                : Landmarks()
            found.append((area, landmarks, value(4)))
        }
        return found.sorted { $0.score > $1.score }.suppressed { $0.area.overlap($1.area) > Self.leastOverlap }
            .map { face in
                func original(_ point: Point) -> Point {
                    Point(x: (point.x - Double(left)) / scale, y: (point.y - Double(top)) / scale)
                }
                let first = original(Point(x: face.area.left, y: face.area.top))
                let last = original(Point(x: face.area.right, y: face.area.bottom))
                let area = Rectangle(left: first.x, top: first.y, right: last.x, bottom: last.y)
                return DetectedFace(
                    box: parity ? area.truncated : area.box(width: image.width, height: image.height),
                    landmarks: face.landmarks.map(original), score: face.score)
            }
    }

    /// The image in a gray square.
    private static func framed(_ image: Image, left: Int, top: Int) -> Image {
        var square = Image(
            width: side, height: side, bgr: [UInt8](repeating: gray, count: side * side * 3))
        for row in 0..<image.height {
            let target = ((top + row) * side + left) * 3
            let source = row * image.width * 3
            square.pixels.replaceSubrange(
                target..<target + image.width * 3, with: image.pixels[source..<source + image.width * 3])
        }
        return square
    }
}
