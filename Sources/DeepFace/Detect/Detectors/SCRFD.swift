import Foundation
import Inference

extension DetectorModel {
    /// SCRFD-10GF, the detector of insightface's model packs (Guo et al., ICLR 2022; python-package/insightface/
    /// model_zoo/scrfd.py): faces from some 10 pixels up, scores from 0.5.
    public static let scrfd = DetectorModel(
        name: "scrfd", summary: "SCRFD-10GF of insightface, eyes, nose and mouth corners", networks: [.scrfd],
        workingSide: 640
    ) { resources throws(DeepFaceError) in
        SCRFDDetector(network: try resources.compiled.network(.scrfd))
    }
}

extension StoredNetwork {
    static let scrfd = StoredNetwork(
        name: "scrfd",
        files: [
            .web(
                "det_10g.onnx", size: 16_923_827,
                sha256: "5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
                licence: "LicenseRef-InsightFace-NonCommercial",
                "https://github.com/deepinsight/insightface/releases/download/v0.7/buffalo_l.zip",
                packing: .zip(member: "det_10g.onnx"))
        ],
        form: .ready(input: [3, nil, nil], output: nil))
}

/// The network's nine outputs are, for cells of 8, 16 and 32 pixels each: scores, then distances to the box's sides,
/// then the five points; two of each a cell.
private struct SCRFDDetector: Detector {
    let network: any Network

    private static let layout = PlaneLayout(redFirst: true, mean: [127.5, 127.5, 127.5], scale: 1 / 128)
    private static let leastScore: Float = 0.5
    private static let leastOverlap = 0.4

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let (width, height) = ((image.width + 31) / 32 * 32, (image.height + 31) / 32 * 32)
        var layout = Self.layout
        // Black, as the pictures that the network was trained with are filled up.
        layout.fill = -127.5 / 128
        let outputs = try network.outputs(for: image.planes(layout, width: width, height: height))
        var found: [(area: Rectangle, landmarks: Landmarks, score: Float)] = []
        for (level, stride) in [8, 16, 32].enumerated() {
            let columns = width / stride
            let count = columns * (height / stride) * 2
            guard outputs.count == 9,
                zip([0, 3, 6], [1, 4, 10]).allSatisfy({
                    outputs[$0 + level].values.count == count * $1
                })
            else {
                throw DeepFaceError(
                    .weightsDamaged, "the network scrfd does not give the nine outputs of SCRFD with five points")
            }
            let (scores, sides, points) = (
                outputs[level].values, outputs[level + 3].values, outputs[level + 6].values
            )
            let size = Double(stride)
            for index in 0..<count where scores[index] >= Self.leastScore {
                let (x, y) = (Double(index / 2 % columns) * size, Double(index / 2 / columns) * size)
                func side(_ number: Int) -> Double { Double(sides[4 * index + number]) * size }
                func point(_ number: Int) -> Point {
                    let place = 10 * index + 2 * number
                    return Point(x: x + Double(points[place]) * size, y: y + Double(points[place + 1]) * size)
                }
                let landmarks = Landmarks(
                    leftEye: point(1), rightEye: point(0), nose: point(2), mouthLeft: point(4), mouthRight: point(3))
                let area = Rectangle(left: x - side(0), top: y - side(1), right: x + side(2), bottom: y + side(3))
                found.append((area, landmarks, scores[index]))
            }
        }
        return found.sorted { $0.score > $1.score }
            .suppressed { $0.area.overlap($1.area, edge: 1) > Self.leastOverlap }
            .map { face in
                DetectedFace(
                    box: face.area.box(width: image.width, height: image.height), landmarks: face.landmarks,
                    score: Double(face.score))
            }
    }
}
