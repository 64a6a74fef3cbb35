/// How sharp a face is: how much of the difference between neighbouring pixels goes when the picture is blurred.
///
/// One less the blur metric of Crete, Dolmiere, Ladret and Nicolas ("The Blur Effect", SPIE 2007): a picture that is
/// blurred already loses little. It does not depend on contrast; noise passes for sharpness.
public struct Sharpness: QualityPart {
    /// 0 (one grey) to 1; faces in focus have 0.5 to 0.75.
    public let detail: Double
    public let score: Double?
    public var reason: QualityReason { .blurred }

    init(_ sample: FaceSample) {
        // A window of 9 pixels where the eyes are 60 apart: what is blur depends on the size of what is seen.
        self.init(sample.middle, reach: max(1, Int((sample.middleEyeDistance / 15).rounded())))
    }

    /// - Parameter reach: each pixel is averaged with so many on either side.
    private init(_ patch: GreyPatch, reach: Int) {
        let across = Self.detail(
            patch.levels, lines: patch.height, length: patch.width, line: patch.width, step: 1, reach)
        let down = Self.detail(
            patch.levels, lines: patch.width, length: patch.height, line: 1, step: patch.width, reach)
        detail = Double(min(across, down)).rounded(toPlaces: 3)
        score = qualityRamp(Double(min(across, down)), from: 0.05, to: 0.45)
    }

    /// Along lines of `length` pixels, `step` apart; the next line begins `line` later.
    private static func detail(
        _ levels: [Float], lines: Int, length: Int, line: Int, step: Int, _ reach: Int
    ) -> Float {
        guard length > 2 else { return 0 }
        let window = Float(2 * reach + 1)
        var (all, lost): (Float, Float) = (0, 0)
        levels.withUnsafeBufferPointer { levels in
            for row in 0..<lines {
                let start = row * line
                func level(_ index: Int) -> Float { levels[start + min(length - 1, max(0, index)) * step] }
                for index in 1..<length {
                    let difference = abs(level(index) - level(index - 1))
                    // The means of two neighbouring windows differ by what enters and what leaves.
                    let blurred = abs(level(index + reach) - level(index - 1 - reach)) / window
                    all += difference
                    lost += max(0, difference - blurred)
                }
            }
        }
        return all > 0 ? lost / all : 0
    }

    enum CodingKeys: CodingKey { case score, detail }
}
