import CVision
import Inference

/// How a face is shown to an attribute model.
struct FacePicture: Sendable {
    /// Pictures of the same name are the same.
    let name: String
    /// Of one face: channels × rows × columns.
    let shape: [Int]
    /// Whether it shows the face that was aligned; otherwise it cuts its own out of the photo.
    let aligned: Bool
    /// The numbers of one face.
    let values: @Sendable (AlignedFace, Image) throws(DeepFaceError) -> [Float]

    @Sendable func tensor(_ faces: [[Float]]) -> Tensor {
        Tensor(shape: [faces.count] + shape, values: Array(faces.joined()))
    }
}

extension FacePicture {
    /// Python DeepFace's: the aligned face, 224 × 224 on black, blue, green, red of 0 to 1.
    static let standard = FacePicture(name: "standard", shape: [3, 224, 224], aligned: true) {
        face, _ throws(DeepFaceError) in
        let input = try ResizePad.input(face.image, width: 224, height: 224, .real)
        return channelPlanes(input.values) { $0 }
    }

    /// The same in grey, 48 × 48.
    static let grey48 = FacePicture(name: "grey48", shape: [1, 48, 48], aligned: true) {
        face, _ throws(DeepFaceError) in
        let input = try ResizePad.input(face.image, width: 224, height: 224, .real)
        return try grey(input.values, width: 224, height: 224, side: 48)
    }

    /// The square about the face's box, grown on each side by `margin` times its side and cut to the photo, as the
    /// authors' programs cut it; `side` × `side` pixels.
    static func square(
        _ name: String, _ side: Int, margin: Double, channels: Int, _ values: @escaping @Sendable (Image) -> [Float]
    ) -> FacePicture {
        FacePicture(name: name, shape: [channels, side, side], aligned: false) { face, photo throws(DeepFaceError) in
            let cut = photo.cropped(to: face.area.square(margin: margin)) ?? face.image
            return values(try cut.resized(width: side, height: side, .linear))
        }
    }

    /// cv2.cvtColor(…, COLOR_BGR2GRAY) of real numbers, scaled by cv2.resize.
    private static func grey(
        _ bgr: [Float], width: Int, height: Int, side: Int
    ) throws(DeepFaceError) -> [Float] {
        let source = (0..<width * height).map { Double(Self.grey(bgr[3 * $0], bgr[3 * $0 + 1], bgr[3 * $0 + 2])) }
        var target = [Double](repeating: 0, count: side * side)
        try vision { message in
            df_resize_f64(source, Int32(width), Int32(height), 1, &target, Int32(side), Int32(side), message)
        }
        return target.map { Float($0) }
    }

    /// The brightness of a colour, in OpenCV's weights.
    static func grey(_ blue: Float, _ green: Float, _ red: Float) -> Float {
        blue * 0.114 + green * 0.587 + red * 0.299
    }
}

extension FacialArea {
    /// The square about the area's middle, its side the longer one and `margin` times that more on each side.
    func square(margin: Double) -> Box {
        let side = Double(max(w, h)) * (1 + 2 * margin)
        let (left, top) = (Double(x) + Double(w) / 2 - side / 2, Double(y) + Double(h) / 2 - side / 2)
        return Box(
            x: Int(left.rounded()), y: Int(top.rounded()), width: max(1, Int(side.rounded())),
            height: max(1, Int(side.rounded())))
    }
}
