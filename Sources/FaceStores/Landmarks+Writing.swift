import DeepFace

extension FacialArea {
    /// Appends what `landmarksJSON` tells, as UTF-8: for a hundred thousand faces, without a string for each number.
    func appendLandmarks(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        func append(_ opening: StaticString, _ point: [Int]?) {
            guard let point else { return }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text.append(contentsOf: UnsafeBufferPointer(start: opening.utf8Start, count: opening.utf8CodeUnitCount))
            for (place, number) in point.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                text.append(contentsOf: String(number).utf8)
            }
            text.append(UInt8(ascii: "]"))
        }
        append("\"leftEye\":[", leftEye)
        append("\"mouthLeft\":[", mouthLeft)
        append("\"mouthRight\":[", mouthRight)
        append("\"nose\":[", nose)
        append("\"rightEye\":[", rightEye)
        text.append(UInt8(ascii: "}"))
    }
}
