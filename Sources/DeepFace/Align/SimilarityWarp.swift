import CDlib

/// Alignment by landmarks: turn, scale and shift the face so that its points come to lie on the model's template.
///
/// The similarity is the least-squares one, and pixels come bilinearly from an image pyramid, so that large faces do
/// not alias (dlib's `extract_image_chip`).
package enum SimilarityWarp {
    /// The face with `landmarks` as a square chip; `nil` when fewer than two of its points are known, or
    /// when they say nothing about size and place.
    ///
    /// - Parameters:
    ///   - expand: percent by which the chip shows more around the face than the template does.
    ///   - size: the chip's side in pixels.
    package static func chip(
        of landmarks: Landmarks, in image: Image, template: AlignmentTemplate, expand: Int = 0, size: Int
    ) throws(DeepFaceError) -> Image? {
        let pairs = template.pairs(landmarks)
        guard pairs.count >= 2 else { return nil }
        let scale = Double(size) / Double(template.size)
        let shrink = 100 / Double(100 + max(0, expand))
        let middle = Double(size) / 2
        func place(_ coordinate: Double) -> Double { (coordinate * scale - middle) * shrink + middle }
        let from = pairs.map { df_point(x: $0.face.x, y: $0.face.y) }
        let to = pairs.map { df_point(x: place($0.template.x), y: place($0.template.y)) }
        guard pairs.contains(where: { $0.face != pairs[0].face }) else { return nil }
        var degenerate = false
        let chip = try Image(width: size, height: size) { target throws(DeepFaceError) in
            try dlib { message in
                let status = df_chip(
                    image.pixels, Int32(image.width), Int32(image.height), from, to, from.count, Int32(size),
                    Int32(size), target.baseAddress, message)
                degenerate = status > 0
                return min(0, status)
            }
            if degenerate { target.initialize(repeating: 0) }
        }
        return degenerate ? nil : chip
    }
}
