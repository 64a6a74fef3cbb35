/// A face of a gallery that is near to a face of a probe. The keys are Python's, and `person`.
public struct Match: Sendable, Equatable {
    /// The photo it was found in: the folder as it was named, and the path from there.
    public let identity: String
    /// The name of the sub-folder that the photo lies in; `nil` for a photo in the gallery's own folder.
    public let person: String?
    /// SHA-256 of the photo's bytes.
    public let hash: String
    /// Where the face is in the gallery's photo.
    public let target: FaceBox
    /// Where the probe's face is.
    public let source: FaceBox
    /// The largest distance of one person; `nil` where there is none.
    public var threshold: Double?
    /// Six decimals.
    public let distance: Double
    /// How sure the distance makes one of the verdict at the model's own threshold, in percent; `nil` where it was left
    /// out.
    public var confidence: Double?
}

/// A face's place in its photo, in pixels.
public struct FaceBox: Sendable, Equatable {
    public let x, y, w, h: Int

    public init(x: Int, y: Int, w: Int, h: Int) {
        (self.x, self.y, self.w, self.h) = (x, y, w, h)
    }

    public init(_ area: FacialArea) { self.init(x: area.x, y: area.y, w: area.w, h: area.h) }
}

extension FaceBox {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes it among the keys of a row, as Python names them: `target_x`, `target_y`, ….
    package func encode(to encoder: any Encoder, as name: String) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (end, value) in [("x", x), ("y", y), ("w", w), ("h", h)] {
            try container.encode(value, forKey: Key(stringValue: "\(name)_\(end)"))
        }
    }
}

extension Match: Encodable {
    enum CodingKeys: String, CodingKey {
        case identity, person, hash, threshold, distance, confidence
    }

    /// Person and threshold are always written, `null` where there is none; confidence where it is not left out.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(identity, forKey: .identity)
        try container.encode(person, forKey: .person)
        try container.encode(hash, forKey: .hash)
        try target.encode(to: encoder, as: "target")
        try source.encode(to: encoder, as: "source")
        try container.encode(threshold, forKey: .threshold)
        try container.encode(distance, forKey: .distance)
        try container.encodeIfPresent(confidence, forKey: .confidence)
    }
}
