import DeepFace

/// Looks at a video in the rhythm of Python DeepFace's `stream`: when a face was there for some frames, it is looked at,
/// and the picture is held. Faces are not followed: nobody has a number.
public struct PythonWatch: FrameWatch {
    private let reader: any FrameReading
    private let recognizer: (any FaceRecognizer)?
    private var style: PythonStyle
    private var marks: [FaceMark] = []
    private var held: Image?
    public private(set) var embeddings = 0
    public var tracks: Int { 0 }

    public init(_ reader: any FrameReading, _ recognizer: (any FaceRecognizer)?, _ style: PythonStyle = PythonStyle()) {
        (self.reader, self.recognizer, self.style) = (reader, recognizer, style)
    }

    public mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        if style.isHeld(at: frame.time) { return [] }
        held = nil
        let width = style.width
        let faces = try await reader.faces(in: frame.image).filter { $0.box.width > width }
        marks = faces.map { FaceMark(box: $0.box, text: "", color: .white) }
        guard style.step(faces: faces.count, at: frame.time) == .look else { return [] }
        let events = try await tell(of: faces, in: frame)
        var picture = frame.image
        try picture.draw(marks)
        held = picture
        var holding = StreamEvent(.held, at: frame.time)
        (holding.frame, holding.seconds) = (frame.number, style.seconds)
        return events + [holding]
    }

    private mutating func tell(
        of faces: [DetectedFace], in frame: VideoFrame
    ) async throws(DeepFaceError) -> [StreamEvent] {
        var people: [Recognition?] = faces.map { _ in nil }
        var views: [FaceLook] = []
        if let recognizer {
            views = try await reader.embeddings(of: faces, in: frame.image)
            var found = try await recognizer.recognize(views.compactMap(\.representation))[...]
            for (index, view) in views.enumerated() where view.representation != nil {
                embeddings += 1
                people[index] = found.popFirst() ?? nil
            }
        }
        let live = reader.judgesLiveness ? try await reader.liveness(of: faces, in: frame.image) : []
        let analyses = reader.readsAttributes ? try await reader.analyses(of: faces, in: frame.image) : []
        var events: [StreamEvent] = []
        marks = []
        for (index, face) in faces.enumerated() {
            var kind = StreamEvent.Kind.appeared
            if recognizer != nil { kind = people[index] == nil ? .unknown : .recognised }
            var reason: String?
            if index < views.count, case .rejected(let rejected) = views[index] {
                (kind, reason) = (.rejected, rejected.why)
            }
            var event = StreamEvent(kind, at: frame.time)
            event.reason = reason
            (event.frame, event.box) = (frame.number, FaceBox(face.box))
            (event.person, event.distance) = (people[index]?.person, people[index]?.distance)
            if index < live.count { event.isReal = live[index].isReal }
            if index < analyses.count, let analysis = analyses[index] {
                var readings = TrackReadings()
                readings.add(analysis)
                event.readings = readings
            }
            events.append(event)
            let words = [
                event.person, event.readings?.age.map(String.init), event.readings?.dominantGender,
                event.readings?.dominantEmotion,
            ]
            marks.append(
                FaceMark(
                    box: face.box, text: words.compactMap(\.self).joined(separator: " "),
                    color: event.isReal == false ? .red : event.person == nil ? .yellow : .green))
        }
        return events
    }

    public func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image {
        if let held { return held }
        var picture = frame.image
        try picture.draw(marks)
        return picture
    }

    public mutating func finish(at time: Double) -> [StreamEvent] { [] }
}
