/// What an image may cost before it is refused.
public struct ImageLimits: Sendable, Equatable {
    /// Largest number of pixels, read from the header before any is allocated. Default: 40 million.
    public var maximumPixels = 40_000_000
    /// Largest file, download or stream, in bytes. Default: 100 MiB.
    public var maximumBytes = 100 << 20

    public init() {}
}
