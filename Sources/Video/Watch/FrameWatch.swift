import DeepFace

/// Looks at the frames of a video, one after the other.
public protocol FrameWatch: Sendable {
    /// What the next frame changes.
    mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent]
    /// The frame that was just looked at, with what is known drawn on.
    func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image
    /// What is to be said at the end.
    mutating func finish(at time: Double) -> [StreamEvent]
    /// Faces that were embedded so far, and faces that were followed.
    var embeddings: Int { get }
    var tracks: Int { get }
}

/// How a face is drawn.
struct FaceMark: Sendable {
    let box: Box
    let text: String
    let color: Color
}

extension Image {
    /// Draws boxes, and what there is to say of them above each.
    mutating func draw(_ marks: [FaceMark]) throws(DeepFaceError) {
        let scale = max(0.45, Double(min(width, height)) / 900)
        let thickness = max(1, Int((2 * scale).rounded()))
        for mark in marks {
            try drawBox(mark.box, thickness: thickness, color: mark.color)
            let y = Double(mark.box.y) - 6 * scale
            // Where there is no room above, below.
            let line = y > 24 * scale ? y : Double(mark.box.y + mark.box.height) + 24 * scale
            let point = Point(x: Double(max(0, mark.box.x)), y: line)
            let dark = Color(blue: 0, green: 0, red: 0)
            try drawText(mark.text, at: point, scale: scale, thickness: 3 * thickness, color: dark)
            try drawText(mark.text, at: point, scale: scale, thickness: thickness, color: mark.color)
        }
    }
}
