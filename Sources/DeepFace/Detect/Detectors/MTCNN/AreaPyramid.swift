import Synchronization

/// An image at many scales, each pixel the mean of those it covers.
///
/// Smaller scales are made from halves of the image instead of from the whole: the mean stays the same but for rounding.
final class AreaPyramid: Sendable {
    private let halves: Mutex<[Image]>

    init(_ image: Image) {
        halves = Mutex([image])
    }

    /// The image scaled by `scale` (below 1), sides cut to whole pixels.
    func image(scale: Double) throws(DeepFaceError) -> Image {
        var level = 0
        while scale * 4 <= 1 / Double(1 << level) { level += 1 }
        let (whole, source) = try halves.withLock { halves throws(DeepFaceError) in
            while halves.count <= level {
                let last = halves[halves.count - 1]
                halves.append(try last.resized(width: max(1, last.width / 2), height: max(1, last.height / 2), .area))
            }
            return (halves[0], halves[level])
        }
        return try source.resized(
            width: max(1, Int(Double(whole.width) * scale)), height: max(1, Int(Double(whole.height) * scale)), .area)
    }
}
