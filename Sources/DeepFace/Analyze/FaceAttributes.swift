/// What a face tells, as it is kept with a face: the age and the likeliest of every other attribute that was asked for;
/// the rest is `nil`. A network's guess, all of it.
public struct FaceAttributes: Sendable, Codable, Equatable {
    /// Whole years.
    public var age: Int?
    /// One of `Attribute.gender.labels`.
    public var gender: String?
    /// One of `Attribute.emotion.labels`.
    public var emotion: String?
    /// One of `Attribute.race.labels`.
    public var race: String?

    public init(age: Int? = nil, gender: String? = nil, emotion: String? = nil, race: String? = nil) {
        (self.age, self.gender, self.emotion, self.race) = (age, gender, emotion, race)
    }

    public init(_ analysis: Analysis) {
        self.init(
            age: analysis.age, gender: analysis.dominantGender, emotion: analysis.dominantEmotion,
            race: analysis.dominantRace)
    }

    public var isEmpty: Bool { self == FaceAttributes() }

    /// The label of an attribute other than the age.
    func label(_ attribute: Attribute) -> String? {
        switch attribute {
        case .age: nil
        case .gender: gender
        case .emotion: emotion
        case .race: race
        }
    }
}

extension Attribute {
    /// The words it can be, as Python writes them; none for the age, which is a number of years.
    public var labels: [String] {
        if case .shares(let labels, _) = AttributeRegistry.standard(self).reading { labels } else { [] }
    }
}
