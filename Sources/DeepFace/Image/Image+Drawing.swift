import CVision

/// A colour to draw with.
public struct Color: Sendable, Equatable {
    public let blue, green, red: UInt8

    public init(blue: UInt8, green: UInt8, red: UInt8) {
        (self.blue, self.green, self.red) = (blue, green, red)
    }

    public static let white = Color(blue: 255, green: 255, red: 255)
    public static let green = Color(blue: 80, green: 200, red: 60)
    public static let red = Color(blue: 60, green: 60, red: 230)
    public static let yellow = Color(blue: 60, green: 230, red: 255)

    fileprivate var shim: df_color { df_color(blue: blue, green: green, red: red) }
}

/// Drawing, for pictures that show people what was found.
extension Image {
    /// A picture of one colour.
    public init(filledWith color: Color, width: Int, height: Int) {
        let pixel = [color.blue, color.green, color.red]
        self.init(width: width, height: height, bgr: (0..<width * height * 3).map { pixel[$0 % 3] })
    }

    /// Lays `other` over this picture with its corner at (`x`, `y`), as far as it fits.
    public mutating func paste(_ other: Image, x: Int, y: Int) {
        let inside = Box(x: x, y: y, width: other.width, height: other.height)
            .intersection(Box(x: 0, y: 0, width: width, height: height))
        for row in 0..<inside.height {
            let source = ((inside.y - y + row) * other.width + inside.x - x) * 3
            let target = ((inside.y + row) * width + inside.x) * 3
            pixels.replaceSubrange(
                target..<target + inside.width * 3, with: other.pixels[source..<source + inside.width * 3])
        }
    }

    /// The picture in another size, each pixel the mean of those it covers.
    public func scaled(width: Int, height: Int) throws(DeepFaceError) -> Image {
        try resized(width: width, height: height, .area)
    }

    /// Draws a box's outline.
    public mutating func drawBox(_ box: Box, thickness: Int, color: Color) throws(DeepFaceError) {
        try vision { message in
            df_draw_rectangle(
                &pixels, Int32(width), Int32(height), Int32(box.x), Int32(box.y), Int32(box.width), Int32(box.height),
                color.shim, Int32(thickness), message)
        }
    }

    /// Draws a filled disc.
    public mutating func drawDisc(at point: Point, radius: Double, color: Color) throws(DeepFaceError) {
        try vision { message in
            df_draw_disc(&pixels, Int32(width), Int32(height), point.x, point.y, radius, color.shim, message)
        }
    }

    /// Writes ASCII text, its baseline beginning at `point`; other characters become question marks.
    public mutating func drawText(
        _ text: String, at point: Point, scale: Double, thickness: Int, color: Color
    ) throws(DeepFaceError) {
        try vision { message in
            df_draw_text(
                &pixels, Int32(width), Int32(height), Self.ascii(text), Int32(point.x), Int32(point.y), scale,
                Int32(thickness), color.shim, message)
        }
    }

    /// How wide `drawText` writes a text, in pixels.
    public static func textWidth(_ text: String, scale: Double, thickness: Int) throws(DeepFaceError) -> Int {
        var width: Int32 = 0
        var height: Int32 = 0
        try vision { df_text_size(ascii(text), scale, Int32(thickness), &width, &height, $0) }
        return Int(width)
    }

    private static func ascii(_ text: String) -> String { String(text.map { $0.isASCII ? $0 : "?" }) }
}
