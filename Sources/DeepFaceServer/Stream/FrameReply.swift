import DeepFace

/// What a frame shows.
struct FrameReply: Encodable {
    let width, height: Int
    var milliseconds = 0.0
    var faces: [Face] = []

    struct Face: Encodable {
        let facialArea: FacialArea
        let confidence: Double
        /// The same in all frames that show this face.
        let track: Int
        var isReal: Bool?
        var antispoofScore: Double?
        /// Whether it was looked for among registered people.
        var isNamed = false
        /// 0 to 1, where a lowest was named; and why it is below that.
        var quality: Double?
        var reasons: [QualityReason]?
        var person: String?
        var distance: Double?

        enum CodingKeys: String, CodingKey {
            case confidence, track, person, distance, quality, reasons
            case facialArea = "facial_area"
            case isReal = "is_real"
            case antispoofScore = "antispoof_score"
        }

        init(_ track: FaceTrack, in photo: Image) {
            facialArea = FacialArea(track.face, width: photo.width, height: photo.height)
            confidence = track.face.score.rounded(toPlaces: 2)
            self.track = track.id
            isNamed = track.vote.count > 0
            (person, distance) = (track.vote.winner?.person, track.vote.winner?.distance)
        }

        mutating func note(_ liveness: Liveness) { (isReal, antispoofScore) = (liveness.isReal, liveness.score) }

        mutating func note(_ quality: FaceQuality, bar: Double) {
            self.quality = quality.score
            if quality.score < bar { reasons = quality.reasons(below: bar) }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(facialArea, forKey: .facialArea)
            try container.encode(confidence, forKey: .confidence)
            try container.encode(track, forKey: .track)
            try container.encodeIfPresent(isReal, forKey: .isReal)
            try container.encodeIfPresent(antispoofScore, forKey: .antispoofScore)
            try container.encodeIfPresent(quality, forKey: .quality)
            try container.encodeIfPresent(reasons, forKey: .reasons)
            if isNamed { try container.encode(person, forKey: .person) }
            try container.encodeIfPresent(distance, forKey: .distance)
        }
    }
}
