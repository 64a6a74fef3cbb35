/// A place in an image, in pixels from the top left corner; the centre of the first pixel is (0, 0).
public struct Point: Sendable, Equatable, Hashable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }

    func moved(x dx: Double, y dy: Double) -> Point { Point(x: x + dx, y: y + dy) }
}

/// A rectangle of whole pixels. It may leave the image.
public struct Box: Sendable, Equatable, Hashable {
    /// Left column.
    public var x: Int
    /// Top row.
    public var y: Int
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    var area: Int { width * height }

    /// What both have; without pixels (width or height 0) when they do not meet.
    func intersection(_ other: Box) -> Box {
        let left = max(x, other.x)
        let top = max(y, other.y)
        return Box(
            x: left, y: top, width: max(0, min(x + width, other.x + other.width) - left),
            height: max(0, min(y + height, other.y + other.height) - top))
    }

    /// The box with `percent` more on each axis about the same centre, cut to the image.
    package func grown(percent: Int, in image: Image) -> Box {
        guard percent > 0 else { return self }
        let (newWidth, newHeight) = (width + width * percent / 100, height + height * percent / 100)
        let (left, top) = (max(0, x - (newWidth - width) / 2), max(0, y - (newHeight - height) / 2))
        return Box(
            x: left, y: top, width: min(image.width - left, newWidth), height: min(image.height - top, newHeight))
    }

    func moved(x dx: Int, y dy: Int) -> Box { Box(x: x + dx, y: y + dy, width: width, height: height) }
}
