import Foundation
import Inference

extension DetectorModel {
    /// CenterFace: a heat map of where faces' centres are, and around each peak the box and the points (Xu et al.,
    /// Scientific Programming 2020; prj-python/centerface.py of github.com/Star-Clouds/CenterFace).
    public static let centerFace = DetectorModel(
        name: "centerface", summary: "CenterFace, eyes, nose and mouth corners", networks: [.centerFace],
        workingSide: 1280
    ) { resources throws(DeepFaceError) in
        CenterFaceDetector(network: try resources.compiled.network(.centerFace), parity: resources.parity)
    }
}

extension StoredNetwork {
    static let centerFace = StoredNetwork(
        name: "centerface",
        files: [
            .web(
                "centerface.onnx", licence: "MIT",
                "https://github.com/Star-Clouds/CenterFace/raw/master/models/onnx/centerface.onnx")
        ],
        form: .ready(input: [3, nil, nil], output: nil))
}

/// The network's four outputs are, for cells of 4 pixels: the heat map, the logarithms of height and width, the centre's
/// offsets down and right, and the five points, down before right.
private struct CenterFaceDetector: Detector {
    let network: any Network
    let parity: Bool

    private static let cell = 4.0
    private static let leastScore: Float = 0.35
    private static let leastOverlap = 0.3

    private struct Candidate {
        let area: Rectangle
        let landmarks: Landmarks
        let score: Double
    }

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        // Not filled up but stretched, as the authors do.
        let (width, height) = ((image.width + 31) / 32 * 32, (image.height + 31) / 32 * 32)
        let stretched = try image.resized(width: width, height: height, .linear)
        let outputs = try network.outputs(for: stretched.planes(PlaneLayout(redFirst: true)))
        let (rows, columns) = (height / Int(Self.cell), width / Int(Self.cell))
        guard outputs.count == 4, zip(outputs, [1, 2, 2, 10]).allSatisfy({ $0.shape == [1, $1, rows, columns] }) else {
            throw DeepFaceError(.weightsDamaged, "the network centerface does not give CenterFace's outputs")
        }
        let (x, y) = (Double(image.width) / Double(width), Double(image.height) / Double(height))
        return candidates(outputs.map(\.values), rows: rows, columns: columns).map { face in
            let area = face.area.scaled(by: x, y)
            return DetectedFace(
                box: parity ? area.truncated : area.box(width: image.width, height: image.height),
                landmarks: face.landmarks.map { Point(x: $0.x * x, y: $0.y * y) }, score: face.score)
        }
    }

    private func candidates(_ maps: [[Float]], rows: Int, columns: Int) -> [Candidate] {
        let (cells, cell) = (rows * columns, Self.cell)
        var found: [Candidate] = []
        for place in 0..<cells where maps[0][place] > Self.leastScore {
            func value(_ map: Int, _ plane: Int) -> Double { Double(maps[map][plane * cells + place]) }
            let (height, width) = (exp(value(1, 0)) * cell, exp(value(1, 1)) * cell)
            guard height.isFinite, width.isFinite else { continue }
            func inside(_ value: Double, _ length: Int) -> Double { min(max(0, value), Double(length) * cell) }
            let left = inside((Double(place % columns) + value(2, 1) + 0.5) * cell - width / 2, columns)
            let top = inside((Double(place / columns) + value(2, 0) + 0.5) * cell - height / 2, rows)
            func point(_ number: Int) -> Point {
                Point(x: value(3, 2 * number + 1) * width + left, y: value(3, 2 * number) * height + top)
            }
            found.append(
                Candidate(
                    area: Rectangle(
                        left: left, top: top, right: inside(left + width, columns), bottom: inside(top + height, rows)),
                    landmarks: Landmarks(
                        leftEye: point(1), rightEye: point(0), nose: point(2), mouthLeft: point(4), mouthRight: point(3)
                    ),
                    score: Double(maps[0][place])))
        }
        return found.sorted { $0.score > $1.score }
            .suppressed { $0.area.overlap($1.area, edge: 1) >= Self.leastOverlap }
    }
}
