/// A picture in memory: 8-bit blue, green, red, rows from top to bottom without padding.
///
/// The order is OpenCV's, which the detectors and the Python original work with.
public struct Image: Sendable, Equatable {
    /// In pixels.
    public let width: Int
    /// In pixels.
    public let height: Int
    /// `width` × `height` × 3 bytes: B, G, R of the first pixel of the first row, and so on.
    public internal(set) var pixels: [UInt8]

    /// - Precondition: `pixels.count` is `width` × `height` × 3.
    public init(width: Int, height: Int, bgr pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3, "pixels do not fill the image")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A black image.
    init(width: Int, height: Int) {
        self.init(width: width, height: height, bgr: [UInt8](repeating: 0, count: width * height * 3))
    }

    /// The image whose pixels `body` writes; `body` must fill the buffer.
    init<Failure: Error>(
        width: Int, height: Int, writing body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        self.width = width
        self.height = height
        let count = width * height * 3
        var failure: Failure?
        pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let room = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            do throws(Failure) {
                try body(room)
            } catch {
                failure = error
                room.initialize(repeating: 0)
            }
            initialized = count
        }
        if let failure { throw failure }
    }
}
