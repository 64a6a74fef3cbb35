import CVision

/// A face in a model's input size: interleaved blue, green, red.
package struct FaceInput: Sendable, Equatable {
    package let width: Int
    package let height: Int
    package var values: [Float]
    /// Whether the values are whole 255ths, so that levels are to be rounded to and not cut.
    var isExact = false
}

/// Scales a face to a model's input, keeping its shape, and centres it on black (Python's `resize_image`).
package enum ResizePad {
    /// How the original holds the pixels when it scales them.
    package enum Arithmetic {
        /// As 64-bit numbers of 0 to 1: faces that a detector cut out.
        case real
        /// As bytes: an image taken whole.
        case bytes
    }

    package static func input(
        _ face: Image, width: Int, height: Int, _ arithmetic: Arithmetic
    ) throws(DeepFaceError) -> FaceInput {
        let factor = min(Double(height) / Double(face.height), Double(width) / Double(face.width))
        // A sliver of a face still fills one pixel.
        let scaledWidth = max(1, Int(Double(face.width) * factor))
        let scaledHeight = max(1, Int(Double(face.height) * factor))
        let scaled: [Float]
        switch arithmetic {
        case .bytes:
            let same = scaledWidth == face.width && scaledHeight == face.height
            let bytes = same ? face.pixels : try face.resized(width: scaledWidth, height: scaledHeight, .linear).pixels
            // The original takes a picture whose brightest value is 1 for one already scaled.
            let unit: Float = (bytes.max() ?? 0) > 1 ? 255 : 1
            scaled = bytes.map { Float($0) / unit }
        case .real:
            let source = face.pixels.map { Double($0) / 255 }
            var target = [Double](repeating: 0, count: scaledWidth * scaledHeight * 3)
            try vision { message in
                df_resize_f64(
                    source, Int32(face.width), Int32(face.height), 3, &target, Int32(scaledWidth),
                    Int32(scaledHeight), message)
            }
            scaled = target.map { Float($0) }
        }
        let left = (width - scaledWidth) / 2
        let top = (height - scaledHeight) / 2
        var values = [Float](repeating: 0, count: width * height * 3)
        for y in 0..<scaledHeight {
            let row = scaled[y * scaledWidth * 3..<(y + 1) * scaledWidth * 3]
            let start = ((top + y) * width + left) * 3
            values.replaceSubrange(start..<start + row.count, with: row)
        }
        return FaceInput(width: width, height: height, values: values)
    }

    /// A chip that has the input's size already.
    static func input(chip: Image) -> FaceInput {
        FaceInput(width: chip.width, height: chip.height, values: chip.pixels.map { Float($0) / 255 })
    }
}
