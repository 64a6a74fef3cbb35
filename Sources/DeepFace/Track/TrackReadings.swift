/// What several views of one face tell together: each attribute's shares, and age, as the mean of what was read.
public struct TrackReadings: Sendable, Equatable {
    private var ages: [Int] = []
    private var gender: [[String: Double]] = []
    private var emotion: [[String: Double]] = []
    private var race: [[String: Double]] = []
    private var liveness: [Liveness] = []

    public init() {}

    public mutating func add(_ analysis: Analysis) {
        if let age = analysis.age { ages.append(age) }
        if let shares = analysis.gender { gender.append(shares) }
        if let shares = analysis.emotion { emotion.append(shares) }
        if let shares = analysis.race { race.append(shares) }
    }

    public mutating func add(_ judgement: Liveness) { liveness.append(judgement) }

    /// Whole years; `nil` where no age was read.
    public var age: Int? {
        ages.isEmpty ? nil : Int((Double(ages.reduce(0, +)) / Double(ages.count)).rounded())
    }
    /// The label with the largest share.
    public var dominantGender: String? { Self.dominant(gender) }
    /// The label with the largest share.
    public var dominantEmotion: String? { Self.dominant(emotion) }
    /// The label with the largest share.
    public var dominantRace: String? { Self.dominant(race) }

    /// Whether the face is live, by the scores of all views that say so and of all that do not; `nil`: nobody asked.
    public var isReal: Bool? {
        guard !liveness.isEmpty else { return nil }
        return liveness.reduce(0) { $0 + ($1.isReal ? $1.score : -$1.score) } >= 0
    }

    /// How often attributes were read.
    public var count: Int { max(ages.count, gender.count, emotion.count, race.count) }

    private static func dominant(_ readings: [[String: Double]]) -> String? {
        var sums: [String: Double] = [:]
        for shares in readings { sums.merge(shares, uniquingKeysWith: +) }
        return sums.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
