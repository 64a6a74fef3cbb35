import DeepFace

/// Two photos side by side, the faces that were compared marked, and the verdict below.
enum VerdictPicture {
    private static let height = 480
    /// No photo takes more than this of the picture's width.
    private static let widest = 1920
    private static let gap = 8

    static func draw(_ result: Verification, _ first: Image, _ second: Image) throws(DeepFaceError) -> Image {
        let color: Color = result.verified ? .green : .red
        let left = try scaled(first, result.facialAreas.img1, color)
        let right = try scaled(second, result.facialAreas.img2, color)
        let verdict = result.verified ? "same person" : "different people"
        let sign = result.verified ? "<=" : ">"
        let line = "\(result.similarityMetric.rawValue) \(result.distance) \(sign) \(result.threshold)"
        let detail =
            "\(result.model), \(result.detectorBackend), \(result.align.rawValue); confidence \(result.confidence) %"
        let width = max(left.width + gap + right.width, 640)
        var picture = Image(filledWith: Color(blue: 32, green: 32, red: 32), width: width, height: height + 96)
        picture.paste(left, x: 0, y: 0)
        picture.paste(right, x: left.width + gap, y: 0)
        try picture.drawText(verdict, at: Point(x: 16, y: Double(height + 40)), scale: 1.1, thickness: 2, color: color)
        let place = 32 + (try Image.textWidth(verdict, scale: 1.1, thickness: 2))
        try picture.drawText(
            line, at: Point(x: Double(place), y: Double(height + 40)), scale: 0.8, thickness: 1, color: .white)
        try picture.drawText(detail, at: Point(x: 16, y: Double(height + 76)), scale: 0.6, thickness: 1, color: .white)
        return picture
    }

    private static func scaled(_ photo: Image, _ area: FacialArea, _ color: Color) throws(DeepFaceError) -> Image {
        let factor = min(Double(height) / Double(photo.height), Double(widest) / Double(photo.width))
        let (width, height) = (max(1, Int(Double(photo.width) * factor)), max(1, Int(Double(photo.height) * factor)))
        return try photo.scaled(width: width, height: height).marked([area.scaled(factor)], color)
    }
}

extension FacialArea {
    fileprivate func scaled(_ factor: Double) -> FacialArea {
        func scale(_ value: Int) -> Int { Int((Double(value) * factor).rounded()) }
        var area = self
        (area.x, area.y, area.w, area.h) = (scale(x), scale(y), scale(w), scale(h))
        area.leftEye = leftEye?.map(scale)
        area.rightEye = rightEye?.map(scale)
        area.nose = nose?.map(scale)
        area.mouthLeft = mouthLeft?.map(scale)
        area.mouthRight = mouthRight?.map(scale)
        return area
    }
}

extension Image {
    /// The photo with each face's box and landmarks drawn on.
    func marked(_ areas: [FacialArea], _ color: Color = .green) throws(DeepFaceError) -> Image {
        var picture = self
        for area in areas {
            // Thin enough that a small face can still be seen.
            let thickness = min(max(2, min(width, height) / 240), max(1, area.w / 24))
            try picture.drawBox(
                Box(x: area.x, y: area.y, width: area.w, height: area.h), thickness: thickness, color: color)
            for point in [area.leftEye, area.rightEye, area.nose, area.mouthLeft, area.mouthRight].compactMap(\.self) {
                try picture.drawDisc(
                    at: Point(x: Double(point[0]), y: Double(point[1])), radius: Double(thickness) * 1.5, color: .yellow
                )
            }
        }
        return picture
    }
}
