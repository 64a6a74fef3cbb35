/// How faces are followed from frame to frame, and when they are looked at more closely.
public struct TrackSettings: Sendable {
    /// A face with at least this score begins a track; others only carry one on (ByteTrack's two stages). Default: 0.75.
    public var sureScore = 0.75
    /// In so many frames, one after the other, a face must be found before it counts. Default: 2.
    public var frames = 2
    /// The whole picture is searched for faces when so many seconds have passed since it was searched; between that only
    /// where faces are expected, and nowhere while there are none. 0: each frame. Default: 0.15.
    public var searchInterval = 0.15
    /// So many seconds after it was last seen a face has left. Default: 2.
    public var patience = 2.0
    /// A face with a smaller side, in pixels, is followed and not recognised. Default: 24.
    public var leastSide = 24
    /// A track that is new waits so many seconds for a good view of the face, at most. Default: 0.3.
    public var wait = 0.3
    /// What counts as one: a quality of 0 to 1. Default: 0.3.
    public var goodQuality = 0.3
    /// A view this many times as good as the best so far is embedded. Default: 1.4.
    public var better = 1.4
    /// At most so often, in seconds. Default: 0.5.
    public var pause = 0.5
    /// A track without a name is embedded again after so many seconds. Default: 1.
    public var unnamedAge = 1.0
    /// One with a name, to see whether it is still that person. Default: 5.
    public var namedAge = 5.0
    /// No more faces of one frame are embedded than so many, the new ones first. Default: 8.
    public var mostAtOnce = 8

    public init() {}
}
