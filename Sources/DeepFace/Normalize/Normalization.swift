/// How pixel values are scaled before a model sees them: the seven of Python DeepFace (modules/preprocessing.py).
public enum Normalization: String, Sendable, CaseIterable, Codable {
    /// 0 to 1.
    case base
    /// 0 to 255.
    case raw
    /// Mean 0, deviation 1 over the whole picture, its padding included.
    case facenet = "Facenet"
    /// −1 to 1.
    case facenet2018 = "Facenet2018"
    /// 0 to 255 less VGG-Face's training means.
    case vggFace = "VGGFace"
    /// 0 to 255 less VGG-Face2's training means.
    case vggFace2 = "VGGFace2"
    /// (0 to 255 − 127.5) / 128.
    case arcFace = "ArcFace"

    /// Applies the normalization to interleaved blue, green, red values of 0 to 1.
    package func apply(to values: [Float]) -> [Float] {
        switch self {
        case .base: return values
        case .raw: return values.map { $0 * 255 }
        case .facenet:
            let levels = values.map { $0 * 255 }
            let mean = levels.reduce(0.0) { $0 + Double($1) } / Double(levels.count)
            let variance = levels.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(levels.count)
            let (centre, deviation) = (Float(mean), Float(variance.squareRoot()))
            // A picture of one colour has no deviation; it becomes all zeros.
            return levels.map { deviation > 0 ? ($0 - centre) / deviation : 0 }
        case .facenet2018: return values.map { $0 * 255 / 127.5 - 1 }
        case .vggFace: return Self.subtract([93.5940, 104.7624, 129.1863], from: values)
        case .vggFace2: return Self.subtract([91.4953, 103.8827, 131.0912], from: values)
        case .arcFace: return values.map { ($0 * 255 - 127.5) / 128 }
        }
    }

    private static func subtract(_ means: [Float], from values: [Float]) -> [Float] {
        values.enumerated().map { $0.element * 255 - means[$0.offset % 3] }
    }
}
