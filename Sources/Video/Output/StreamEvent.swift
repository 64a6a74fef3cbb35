import DeepFace
import Foundation

/// Something that happened in a video.
public struct StreamEvent: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The source gives frames from now on.
        case opened
        /// A face is followed from now on.
        case appeared
        /// It is known who it is; again when that changes.
        case recognised
        /// Several views were like nobody's that is known.
        case unknown
        /// Its quality is below the least that is asked for, and nobody was seen in it before.
        case rejected
        /// It is known whether it is live; again when that changes.
        case judged
        /// Something was read off it.
        case analysed
        /// It has been out of the picture for some time.
        case left
        /// The picture is held, as Python does.
        case held
        /// Frames have another size from now on.
        case resized
        /// No frame has come for some time.
        case stalled
        /// The source has broken off.
        case lost
        /// It gives frames again.
        case reconnected
        /// There will be no more.
        case ended
    }

    public let kind: Kind
    /// Seconds: of a file in it, else since the source was opened first.
    public let time: Double
    public var frame: Int?
    /// What clocks showed; of live sources.
    public var date: Date?
    public var track: Int?
    public var box: FaceBox?
    public var person: String?
    public var distance: Double?
    public var isReal: Bool?
    public var readings: TrackReadings?
    /// In seconds.
    public var firstSeen, lastSeen: Double?
    /// The source, as it is called.
    public var source: String?
    public var width, height: Int?
    public var framesPerSecond: Double?
    /// Why.
    public var reason: String?
    /// Seconds until it is tried again, or until the picture goes on.
    public var seconds: Double?
    public var summary: StreamSummary?

    public init(_ kind: Kind, at time: Double) {
        (self.kind, self.time) = (kind, time)
    }

    init(_ kind: Kind, _ track: FaceTrack, in frame: VideoFrame) {
        self.init(kind, at: frame.time)
        (self.frame, self.track) = (frame.number, track.id)
        box = FaceBox(track.face.box)
    }
}

extension FaceBox {
    init(_ box: Box) { self.init(x: box.x, y: box.y, w: box.width, h: box.height) }
}

extension StreamEvent: Encodable {
    private enum CodingKeys: String, CodingKey {
        case event, time, frame, track, box, person, distance, age, source, width, height, fps, reason, seconds
        case clock
        case isReal = "is_real"
        case gender = "dominant_gender"
        case emotion = "dominant_emotion"
        case race = "dominant_race"
        case firstSeen = "first_seen"
        case lastSeen = "last_seen"
    }

    /// What there is nothing to say of is left out; only `left` always says who it was, or `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind.rawValue, forKey: .event)
        try container.encode(Self.milliseconds(time), forKey: .time)
        try container.encodeIfPresent(frame, forKey: .frame)
        try container.encodeIfPresent(date.map { Self.clock.format($0) }, forKey: .clock)
        try container.encodeIfPresent(track, forKey: .track)
        try container.encodeIfPresent(box.map { ["x": $0.x, "y": $0.y, "w": $0.w, "h": $0.h] }, forKey: .box)
        if kind == .left {
            try container.encode(person, forKey: .person)
        } else {
            try container.encodeIfPresent(person, forKey: .person)
        }
        try container.encodeIfPresent(distance, forKey: .distance)
        try container.encodeIfPresent(isReal, forKey: .isReal)
        try container.encodeIfPresent(readings?.age, forKey: .age)
        try container.encodeIfPresent(readings?.dominantGender, forKey: .gender)
        try container.encodeIfPresent(readings?.dominantEmotion, forKey: .emotion)
        try container.encodeIfPresent(readings?.dominantRace, forKey: .race)
        try container.encodeIfPresent(firstSeen.map(Self.milliseconds), forKey: .firstSeen)
        try container.encodeIfPresent(lastSeen.map(Self.milliseconds), forKey: .lastSeen)
        try container.encodeIfPresent(source, forKey: .source)
        try container.encodeIfPresent(width, forKey: .width)
        try container.encodeIfPresent(height, forKey: .height)
        try container.encodeIfPresent(framesPerSecond.map(Self.milliseconds), forKey: .fps)
        try container.encodeIfPresent(reason, forKey: .reason)
        try container.encodeIfPresent(seconds.map(Self.milliseconds), forKey: .seconds)
        try summary?.encode(to: encoder)
    }

    private static let clock = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Three decimals.
    private static func milliseconds(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// What a stream came to.
public struct StreamSummary: Sendable, Encodable {
    /// Frames that were looked at.
    public var frames = 0
    /// Frames that newer ones took the place of before they were looked at.
    public var dropped = 0
    /// Frames looked at a second.
    public var fps = 0.0
    /// Between a frame's arrival and its events, milliseconds: what half of the frames took at most, and 95 of a hundred.
    public var latencyP50: Double?
    public var latencyP95: Double?
    /// Faces that were embedded.
    public var embeddings = 0
    /// Faces that were followed.
    public var tracks = 0
    /// Who was recognised.
    public var people: [String] = []
    /// How often the source was opened again.
    public var reconnects = 0

    enum CodingKeys: String, CodingKey {
        case frames, dropped, fps, embeddings, tracks, people, reconnects
        case latencyP50 = "latency_p50_ms"
        case latencyP95 = "latency_p95_ms"
    }
}
