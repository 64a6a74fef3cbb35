/// The rhythm of Python DeepFace's `stream`: it watches until faces were seen in so many frames, one after the other, looks
/// at the faces of that frame, and holds the picture for some seconds (modules/streaming.py).
public struct PythonStyle: Sendable {
    /// Frames with a face, one after the other, until faces are looked at. Default: 5.
    public var frames = 5
    /// Seconds for which the picture is held. Default: 5.
    public var seconds = 5.0
    /// Faces count that are wider than this, in pixels. Default: 130.
    public var width = 130
    private var count = 0
    private var until: Double?

    public init() {}

    /// What becomes of a frame.
    public enum Step: Sendable, Equatable {
        /// The picture is held: nothing is looked for.
        case held
        case watching
        /// The faces are looked at now, and the picture is held from here on.
        case look
    }

    /// Whether the picture is held at this time.
    public mutating func isHeld(at time: Double) -> Bool {
        guard let until else { return false }
        if time < until { return true }
        self.until = nil
        return false
    }

    /// Takes in how many faces of a frame are wide enough.
    public mutating func step(faces: Int, at time: Double) -> Step {
        if isHeld(at: time) { return .held }
        count = faces > 0 ? count + 1 : 0
        guard count > 0, count % max(1, frames) == 0 else { return .watching }
        until = time + seconds
        return .look
    }
}
