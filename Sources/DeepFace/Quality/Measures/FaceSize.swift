import Foundation

/// How many pixels a face has.
public struct FaceSize: QualityPart {
    /// How far the eyes lie apart, in pixels, as seen from the front; where the eyes are not known, by the face's box.
    public let eyeDistance: Double
    public let score: Double?
    public var reason: QualityReason { .small }

    init(_ sample: FaceSample) {
        eyeDistance = sample.eyeDistance.rounded(toPlaces: 1)
        // Half at 14 pixels, where an embedding has moved half of Dlib's threshold away from that of the large face.
        score = (1 - exp(-sample.eyeDistance / 20)).rounded(toPlaces: 3)
    }

    enum CodingKeys: String, CodingKey {
        case score
        case eyeDistance = "eye_distance"
    }
}
