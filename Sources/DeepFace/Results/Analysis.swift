/// What a face tells. The keys are Python's, and `models`; what was not asked for is `nil` and not written.
public struct Analysis: Sendable, Encodable, Equatable {
    /// Whole years.
    public private(set) var age: Int?
    /// Percent of each; `Woman` and `Man`.
    public private(set) var gender: [String: Double]?
    public private(set) var dominantGender: String?
    /// Percent of each.
    public private(set) var emotion: [String: Double]?
    public private(set) var dominantEmotion: String?
    /// Percent of each.
    public private(set) var race: [String: Double]?
    public private(set) var dominantRace: String?
    /// Where the face is.
    public let region: FacialArea
    /// How sure the detector is, two decimals.
    public let faceConfidence: Double
    /// Which model read which attribute.
    public private(set) var models: [String: String] = [:]

    enum CodingKeys: String, CodingKey {
        case age, gender, emotion, race, region, models
        case dominantGender = "dominant_gender"
        case dominantEmotion = "dominant_emotion"
        case dominantRace = "dominant_race"
        case faceConfidence = "face_confidence"
    }

    init(region: FacialArea, faceConfidence: Double) {
        self.region = region
        self.faceConfidence = faceConfidence
    }

    mutating func note(_ reading: AttributeReading, by model: AttributeModel) {
        models[model.attribute.rawValue] = model.name
        switch (reading, model.attribute) {
        case (.years(let years), _): age = Int(years)
        case (.shares(let shares, let dominant), .gender): (gender, dominantGender) = (shares, dominant)
        case (.shares(let shares, let dominant), .emotion): (emotion, dominantEmotion) = (shares, dominant)
        case (.shares(let shares, let dominant), .race): (race, dominantRace) = (shares, dominant)
        case (.shares, .age): preconditionFailure("an age is a number of years")
        }
    }
}
