import CVision

/// Cutting, bordering and scaling.
extension Image {
    /// The part of `box` that lies in the image; `nil` when nothing does.
    package func cropped(to box: Box) -> Image? {
        let inside = box.intersection(Box(x: 0, y: 0, width: width, height: height))
        guard inside.width > 0, inside.height > 0 else { return nil }
        return cut(inside)
    }

    /// `box`, black where it leaves the image.
    /// - Precondition: `box` has positive sides.
    func cutWithBlack(_ box: Box) -> Image {
        let inside = box.intersection(Box(x: 0, y: 0, width: width, height: height))
        if inside == box { return cut(box) }
        var result = Image(width: box.width, height: box.height)
        for y in 0..<max(0, inside.height) where inside.width > 0 {
            let source = ((inside.y + y) * width + inside.x) * 3
            let target = ((inside.y - box.y + y) * box.width + inside.x - box.x) * 3
            result.pixels.replaceSubrange(
                target..<target + inside.width * 3, with: pixels[source..<source + inside.width * 3])
        }
        return result
    }

    /// The image in the middle of a black frame.
    func bordered(horizontal: Int, vertical: Int) -> Image {
        cutWithBlack(
            Box(x: -horizontal, y: -vertical, width: width + 2 * horizontal, height: height + 2 * vertical))
    }

    private func cut(_ box: Box) -> Image {
        Image(width: box.width, height: box.height) { target in
            pixels.withUnsafeBufferPointer { source in
                for y in 0..<box.height {
                    let row = UnsafeBufferPointer(
                        rebasing: source[
                            ((box.y + y) * width + box.x) * 3..<((box.y + y) * width + box.x + box.width) * 3])
                    _ = UnsafeMutableBufferPointer(rebasing: target[(y * box.width * 3)...]).update(from: row)
                }
            }
        }
    }

    /// How pixels are made when an image changes size.
    public enum Interpolation: Sendable {
        /// Between the nearest four: OpenCV's INTER_LINEAR.
        case linear
        /// The mean of those covered: OpenCV's INTER_AREA.
        case area
    }

    /// The image in another size, in pixels.
    ///
    /// - Precondition: both sides are at least 1.
    public func resized(
        width newWidth: Int, height newHeight: Int, _ kind: Interpolation = .linear
    ) throws(DeepFaceError) -> Image {
        let kind = kind == .linear ? DF_RESIZE_LINEAR : DF_RESIZE_AREA
        return try Image(width: newWidth, height: newHeight) { target throws(DeepFaceError) in
            try vision { message in
                df_resize_u8(
                    pixels, Int32(width), Int32(height), target.baseAddress, Int32(newWidth), Int32(newHeight), kind,
                    message)
            }
        }
    }

    /// The image `scale` times as large, bilinear, as OpenCV makes it from a factor: pixels lie exactly 1 / `scale`
    /// apart, also where the new size had to be rounded. At least one pixel.
    package func resized(by scale: Double) throws(DeepFaceError) -> Image {
        func scaled(_ length: Int) -> Int { Int((Double(length) * scale).rounded(.toNearestOrEven)) }
        let (newWidth, newHeight) = (scaled(width), scaled(height))
        guard newWidth > 0, newHeight > 0 else {
            return try resized(width: max(1, newWidth), height: max(1, newHeight), .linear)
        }
        return try Image(width: newWidth, height: newHeight) { target throws(DeepFaceError) in
            try vision { message in
                df_resize_by_u8(
                    pixels, Int32(width), Int32(height), target.baseAddress, Int32(newWidth), Int32(newHeight), scale,
                    message)
            }
        }
    }

    /// Turned counter-clockwise by `degrees` about `center`; same size, black outside, bicubic.
    package func rotated(degrees: Double, about center: Point) throws(DeepFaceError) -> Image {
        try Image(width: width, height: height) { target throws(DeepFaceError) in
            try vision { message in
                df_rotate_cubic(
                    pixels, Int32(width), Int32(height), center.x, center.y, degrees, target.baseAddress, message)
            }
        }
    }
}
