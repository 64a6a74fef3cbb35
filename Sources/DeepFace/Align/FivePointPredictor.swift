import CDlib
import Foundation

/// dlib's 5-point shape predictor: the eyes' corners and the base of the nose, given a face's box.
///
/// `@unchecked Sendable`: the pointer never changes, and dlib's predictor is read-only once loaded.
package final class FivePointPredictor: LandmarkRefiner, @unchecked Sendable {
    private let pointer: OpaquePointer

    convenience init(_ store: WeightStore) throws(DeepFaceError) {
        let file = PublishedFile.fivePointPredictor
        let content = try store.bytes(of: file)
        do throws(WeightFileError) {
            try self.init(content, file: store.url(of: file).path)
        } catch {
            throw DeepFaceError(.weightsDamaged, "\(error)")
        }
    }

    package init(_ content: Data, file: String) throws(WeightFileError) {
        let (pointer, message) = Shim.call { message in
            content.withUnsafeBytes { df_shape_predictor_read($0.baseAddress, $0.count, message) }
        }
        guard let pointer, df_shape_predictor_points(pointer) == 5 else {
            df_shape_predictor_free(pointer)
            throw WeightFileError(
                file: file, reason: .malformed("not a 5-point shape predictor\(message.isEmpty ? "" : ": \(message)")"))
        }
        self.pointer = pointer
    }

    deinit { df_shape_predictor_free(pointer) }

    func landmarks(of face: DetectedFace, in image: Image) throws(DeepFaceError) -> Landmarks {
        let corners = try corners(of: face.box, in: image)
        return Landmarks(leftEye: corners.leftEye, rightEye: corners.rightEye, corners: corners)
    }

    /// The five points of the face in `box`.
    package func corners(of box: Box, in image: Image) throws(DeepFaceError) -> EyeCorners {
        let hit = df_hog_hit(
            left: Int64(box.x), top: Int64(box.y), right: Int64(box.x + box.width - 1),
            bottom: Int64(box.y + box.height - 1), score: 0)
        return try corners(of: hit, in: image, asRGB: false)
    }

    /// The same for a box of dlib's own; `asRGB` reads the image's channels the wrong way round.
    func corners(of hit: df_hog_hit, in image: Image, asRGB: Bool) throws(DeepFaceError) -> EyeCorners {
        var points = [df_point](repeating: df_point(), count: 5)
        try dlib { message in
            df_shape_predict(
                pointer, image.pixels, Int32(image.width), Int32(image.height), asRGB ? 1 : 0, hit, &points, message)
        }
        let found = points.map { Point(x: $0.x, y: $0.y) }
        return EyeCorners(
            leftOuter: found[0], leftInner: found[1], rightOuter: found[2], rightInner: found[3], noseBase: found[4])
    }
}
