/// How a face is lit.
///
/// How bright skin is tells nothing of a photo's quality, so the mean is only reported. What counts is whether light
/// and shadow of the face can be told apart: the brightest parts of a face that is lit are light on any skin.
public struct Exposure: QualityPart {
    /// The mean level, 0 to 1.
    public let brightness: Double
    /// The level that a twentieth of the face is above, 0 to 1.
    public let lights: Double
    /// That, less the level that a twentieth is below.
    public let contrast: Double
    /// Shares of the face that are black, and white, without any detail; 0 to 1.
    public let black, white: Double
    public let score: Double?
    public var reason: QualityReason { Self.worst(lights: lights, contrast: contrast, white: white).reason }

    init(_ sample: FaceSample) { self.init(sample.middle) }

    init(_ patch: GreyPatch) {
        var histogram = [Int](repeating: 0, count: 256)
        for level in patch.levels { histogram[min(255, max(0, Int(level.rounded())))] += 1 }
        let count = Double(max(1, patch.levels.count))
        /// The level that a share of the pixels does not reach.
        func level(at share: Double) -> Double {
            var left = Int(share * count)
            for (level, pixels) in histogram.enumerated() {
                left -= pixels
                if left < 0 { return Double(level) / 255 }
            }
            return 1
        }
        let (low, high) = (level(at: 0.05), level(at: 0.95))
        brightness = (Double(patch.levels.reduce(0, +)) / count / 255).rounded(toPlaces: 3)
        lights = high.rounded(toPlaces: 3)
        contrast = (high - low).rounded(toPlaces: 3)
        black = (Double(histogram[...8].reduce(0, +)) / count).rounded(toPlaces: 3)
        white = (Double(histogram[250...].reduce(0, +)) / count).rounded(toPlaces: 3)
        score = Self.worst(lights: lights, contrast: contrast, white: white).score
    }

    private static func worst(
        lights: Double, contrast: Double, white: Double
    ) -> (score: Double, reason: QualityReason) {
        let parts: [(score: Double, reason: QualityReason)] = [
            (qualityRamp(lights, from: 0.03, to: 0.27), .dark), (qualityRamp(white, from: 0.8, to: 0.1), .bright),
            (qualityRamp(contrast, from: 0.02, to: 0.22), lights - contrast > 0.75 ? .bright : .flat),
        ]
        // Of equals the first: in the dark all is flat too.
        return parts.min { $0.score < $1.score } ?? parts[0]
    }

    enum CodingKeys: CodingKey { case score, brightness, lights, contrast, black, white }
}
