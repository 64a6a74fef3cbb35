/// Notices that a video goes on with another picture: a cut.
public struct SceneCut: Sendable {
    private var before: [Float] = []
    /// Frames are compared at so many places.
    private static let (columns, rows) = (32, 18)
    /// Two frames of which each place differs by this much of what places differ by within them show different things.
    private static let limit: Float = 0.8
    /// Added to that: a dark picture's noise is no cut.
    private static let floor: Float = 6

    public init() {}

    /// Whether a frame shows something else than the one before.
    public mutating func sees(_ frame: Image) -> Bool {
        let now = Self.sample(frame)
        defer { before = now }
        guard !before.isEmpty else { return false }
        let difference = zip(now, before).reduce(Float(0)) { $0 + abs($1.0 - $1.1) } / Float(now.count)
        return difference > Self.limit * (Self.floor + max(Self.spread(now), Self.spread(before)))
    }

    /// The green of places spread over the frame, each the mean of a few pixels.
    private static func sample(_ frame: Image) -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(columns * rows)
        frame.pixels.withUnsafeBufferPointer { pixels in
            for row in 0..<rows {
                let y = (2 * row + 1) * frame.height / (2 * rows)
                for column in 0..<columns {
                    let x = (2 * column + 1) * frame.width / (2 * columns)
                    var sum = 0
                    for step in 0..<4 {
                        sum += Int(pixels[(y * frame.width + min(frame.width - 1, x + step)) * 3 + 1])
                    }
                    values.append(Float(sum) / 4)
                }
            }
        }
        return values
    }

    /// How far places are from their mean, on average.
    private static func spread(_ values: [Float]) -> Float {
        let mean = values.reduce(0, +) / Float(values.count)
        return values.reduce(0) { $0 + abs($1 - mean) } / Float(values.count)
    }
}
