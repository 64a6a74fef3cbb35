/// A rectangle between pixels, as networks give it. It may leave the image.
package struct Rectangle: Sendable, Equatable {
    package var left, top, right, bottom: Double

    package var width: Double { right - left }
    package var height: Double { bottom - top }

    init(left: Double, top: Double, right: Double, bottom: Double) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }

    init(_ box: Box) {
        self.init(
            left: Double(box.x), top: Double(box.y), right: Double(box.x + box.width),
            bottom: Double(box.y + box.height))
    }

    /// The area of both together that they share, 0 to 1.
    ///
    /// - Parameter edge: what is added to each length: 1 where coordinates are those of the last pixel inside.
    func overlap(_ other: Rectangle, edge: Double = 0) -> Double {
        let both = shared(other, edge: edge)
        let all = (width + edge) * (height + edge) + (other.width + edge) * (other.height + edge) - both
        return all > 0 ? both / all : 0
    }

    /// The area that both share.
    func shared(_ other: Rectangle, edge: Double = 0) -> Double {
        let shared = (
            width: min(right, other.right) - max(left, other.left) + edge,
            height: min(bottom, other.bottom) - max(top, other.top) + edge
        )
        return max(0, shared.width) * max(0, shared.height)
    }

    /// Scaled about the origin.
    func scaled(by x: Double, _ y: Double) -> Rectangle {
        Rectangle(left: left * x, top: top * y, right: right * x, bottom: bottom * y)
    }

    /// Corner and size cut to whole numbers, as Python's detectors do; it may leave the picture.
    var truncated: Box {
        func cut(_ value: Double) -> Int { Int(min(max(value.isNaN ? 0 : value, -1e9), 1e9)) }
        return Box(x: cut(left), y: cut(top), width: cut(width), height: cut(height))
    }

    /// The whole pixels nearest to it, none outside a picture of this size.
    func box(width: Int, height: Int) -> Box {
        func inside(_ value: Double, _ length: Int) -> Int {
            // Also holds what is no number.
            Int(min(max(value.isNaN ? 0 : value, 0), Double(length)).rounded())
        }
        let (x, y) = (inside(left, width), inside(top, height))
        return Box(x: x, y: y, width: max(0, inside(right, width) - x), height: max(0, inside(bottom, height) - y))
    }
}

extension Array {
    /// Without those that a surer one, itself kept, makes superfluous. Expects the surest first.
    ///
    /// - Parameter repeats: of a kept one and one after it, whether that shows the same.
    func suppressed(_ repeats: (Element, Element) -> Bool) -> [Element] {
        var kept: [Element] = []
        for candidate in self where !kept.contains(where: { repeats($0, candidate) }) { kept.append(candidate) }
        return kept
    }
}
