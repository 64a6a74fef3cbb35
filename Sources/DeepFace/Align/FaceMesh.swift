import Foundation
import Inference

extension StoredNetwork {
    /// MediaPipe's face mesh: 468 points of a face that stands upright in the middle of 192 × 192 pixels (Kartynnik et
    /// al., CVPRW 2019).
    static let faceMesh = StoredNetwork(
        name: "facemesh",
        files: [
            .mediapipe(
                "face_landmark.tflite", module: "face_landmark", size: 1_242_398,
                sha256: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814")
        ],
        form: .ready(input: [192, 192, 3], output: nil))
}

/// MediaPipe's face mesh as a source of landmarks.
///
/// The network looks twice: first where the detector saw the face, tilted as its eyes say (without eyes: upright); then
/// where the points are that it found itself, as MediaPipe does in films. What comes of it then hardly depends on the
/// detector's box: on the sample photos the points from boxes of five detectors lie 1 % of the eyes' distance apart,
/// and 2 % after one look.
///
/// The points are handed on as they are. On aligned pictures of 150 pixels the eyes lie 1 pixel and the nose 3 pixels
/// lower than MTCNN's, the mouth within 1 pixel; with that taken off, faces are told apart no better.
struct FaceMesh: LandmarkRefiner {
    private let network: any Network
    /// Finds the landmarks of what the network takes for no face; `nil` where the detector did already.
    private let otherwise: (any LandmarkRefiner)?

    /// How many times longer than a face's longer side the square is that the network sees.
    private static let surroundings = 1.5
    /// How likely something must be a face for its points to be taken, 0 to 1.
    private static let leastPresence = 0.5
    private static let points = 468
    private static let layout = RegionLayout(side: 192, scale: 1 / 255, shift: 0, replicatesEdge: true)
    /// Enough to see where the face is.
    private static let roughLayout = RegionLayout(side: 192, scale: 1 / 255, shift: 0, replicatesEdge: true, samples: 1)

    init(_ compiled: CompiledModels, otherwise: (any LandmarkRefiner)?) throws(DeepFaceError) {
        network = try compiled.network(.faceMesh)
        self.otherwise = otherwise
    }

    /// Eyes, nose and corners of the mouth; the face's own where the network sees no face.
    func landmarks(of face: DetectedFace, in image: Image) throws(DeepFaceError) -> Landmarks {
        if let mesh = try mesh(of: face, in: image) { return mesh.landmarks }
        return try otherwise?.landmarks(of: face, in: image) ?? face.landmarks
    }

    /// The 468 points, in pixels of `image`; `nil` where the network sees no face.
    func mesh(of face: DetectedFace, in image: Image) throws(DeepFaceError) -> Mesh? {
        guard face.box.width > 0, face.box.height > 0,
            let first = try mesh(in: Self.region(of: face), of: image, Self.roughLayout)
        else {
            return nil
        }
        return try mesh(in: Self.region(of: first), of: image, Self.layout)
    }

    private static func region(of face: DetectedFace) -> ImageRegion {
        let box = Rectangle(face.box)
        return ImageRegion(
            x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2,
            side: max(box.width, box.height) * surroundings, angle: face.landmarks.tilt)
    }

    /// About the middle of the smallest rectangle around the points whose sides go along with the eyes.
    private static func region(of mesh: Mesh) -> ImageRegion {
        let angle = mesh.landmarks.tilt
        let (cosine, sine) = (cos(angle), sin(angle))
        let across = mesh.points.map { $0.x * cosine + $0.y * sine }
        let down = mesh.points.map { $0.y * cosine - $0.x * sine }
        func ends(_ values: [Double]) -> (middle: Double, length: Double) {
            let (first, last) = (values.min() ?? 0, values.max() ?? 0)
            return ((first + last) / 2, last - first)
        }
        let (horizontal, vertical) = (ends(across), ends(down))
        // Points are counted from pixels' centres, regions from the image's corner.
        return ImageRegion(
            x: horizontal.middle * cosine - vertical.middle * sine + 0.5,
            y: horizontal.middle * sine + vertical.middle * cosine + 0.5,
            side: max(horizontal.length, vertical.length) * surroundings, angle: angle)
    }

    private func mesh(
        in region: ImageRegion, of image: Image, _ layout: RegionLayout
    ) throws(DeepFaceError) -> Mesh? {
        let outputs = try network.outputs(for: image.tensor(of: region, layout))
        guard outputs.count == 2, outputs[0].values.count == 3 * Self.points, outputs[1].values.count == 1 else {
            throw DeepFaceError(.weightsDamaged, "the network facemesh does not give 468 points and a presence")
        }
        let presence = 1 / (1 + exp(-Double(outputs[1].values[0])))
        let (numbers, side) = (outputs[0].values, Double(layout.side))
        guard presence >= Self.leastPresence, numbers.allSatisfy({ abs($0) < 10_000 }) else { return nil }
        return Mesh(
            points: stride(from: 0, to: numbers.count, by: 3).map { index in
                // Between pixels; in the image they are counted from their centres.
                region.point(Double(numbers[index]) / side, Double(numbers[index + 1]) / side).moved(x: -0.5, y: -0.5)
            })
    }

    /// A face's points, in MediaPipe's order.
    ///
    /// Source: mediapipe/modules/face_geometry/data/canonical_face_model_uv_visualization.png
    struct Mesh: Sendable {
        let points: [Point]

        /// Midway between the eyes' corners; the person's left eye is on the right of an upright face.
        var landmarks: Landmarks {
            func middle(_ first: Int, _ second: Int) -> Point {
                Point(x: (points[first].x + points[second].x) / 2, y: (points[first].y + points[second].y) / 2)
            }
            return Landmarks(
                leftEye: middle(263, 362), rightEye: middle(33, 133), nose: points[1], mouthLeft: points[291],
                mouthRight: points[61])
        }
    }
}

extension Landmarks {
    /// How far the face is turned clockwise by its eyes, in radians; 0 when one is unknown.
    fileprivate var tilt: Double {
        guard let left = leftEye, let right = rightEye else { return 0 }
        return atan2(left.y - right.y, left.x - right.x)
    }
}
