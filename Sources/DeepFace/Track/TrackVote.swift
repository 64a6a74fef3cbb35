/// Who a face was taken for.
public struct Recognition: Sendable, Equatable {
    public let person: String
    /// To the nearest face known as this person.
    public let distance: Double

    public init(person: String, distance: Double) {
        (self.person, self.distance) = (person, distance)
    }
}

/// Who a track is, by all that its face was taken for: each view votes with its quality. Views that show nobody known
/// count half, for bad views do so of known people.
public struct TrackVote: Sendable {
    private var people: [String: (weight: Double, distance: Double)] = [:]
    private var nobody = 0.0
    /// Views that voted.
    public private(set) var count = 0

    public init() {}

    /// - Parameter recognition: `nil`, where the view is like nobody's that is known.
    public mutating func add(_ recognition: Recognition?, quality: Double) {
        let weight = max(0.01, quality)
        count += 1
        guard let recognition else {
            nobody += weight / 2
            return
        }
        let before = people[recognition.person]
        people[recognition.person] = (
            (before?.weight ?? 0) + weight, min(before?.distance ?? .infinity, recognition.distance)
        )
    }

    /// Who has the most votes, with the smallest distance of them; `nil` where nobody has.
    public var winner: Recognition? {
        let best = people.min {
            ($1.value.weight, $0.value.distance, $0.key) < ($0.value.weight, $1.value.distance, $1.key)
        }
        guard let best, best.value.weight > nobody else { return nil }
        return Recognition(person: best.key, distance: best.value.distance)
    }
}
