import DeepFace
import Foundation

/// Follows faces, and looks at each more closely only when it is new, turns better or was looked at long ago; who it is
/// is the vote of all those views.
public struct TrackWatch: FrameWatch {
    private let reader: any FrameReading
    private let recognizer: (any FaceRecognizer)?
    private var tracker: FaceTracker
    private var cut = SceneCut()
    /// When the whole picture was searched for faces; `nil`: it has to be.
    private var searched: Double?
    private var known: [Int: Known] = [:]
    public private(set) var embeddings = 0
    public private(set) var tracks = 0

    /// Attributes are read off so many views of a face.
    private static let readings = 3
    /// So many views must say that nobody known is seen.
    private static let doubts = 3

    /// What was said of a track, and what else was learnt of it.
    private struct Known {
        var hasAppeared = false
        var person: String?
        var isUnknown = false
        var isRejected = false
        var isReal: Bool?
        var readings = TrackReadings()
    }

    /// - Parameter recognizer: `nil`: faces are followed, and not recognised.
    public init(
        _ reader: any FrameReading, _ recognizer: (any FaceRecognizer)?, _ settings: TrackSettings = TrackSettings()
    ) {
        (self.reader, self.recognizer) = (reader, recognizer)
        tracker = FaceTracker(settings)
    }

    private var looksCloser: Bool { recognizer != nil || reader.judgesLiveness || reader.readsAttributes }

    public mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        if cut.sees(frame.image) {
            tracker.cut()
            searched = nil
        }
        let before = tracker.tracks.count(where: \.isSeen)
        let changes = tracker.update(try await faces(in: frame), at: frame.time)
        // Somebody was not where they should be: the next frame is looked through for them.
        if tracker.tracks.count(where: \.isSeen) < before { searched = nil }
        var events: [StreamEvent] = []
        for track in changes.left { events += leave(track, at: frame.time, frame.number) }
        events += try await lookCloser(frame)
        for track in tracker.tracks where track.isSure && track.isSeen {
            events += appear(track, in: frame)
        }
        return events
    }

    public mutating func finish(at time: Double) -> [StreamEvent] {
        tracker.finish().flatMap { leave($0, at: time, nil) }
    }

    private mutating func faces(in frame: VideoFrame) async throws(DeepFaceError) -> [DetectedFace] {
        let interval = tracker.settings.searchInterval
        guard let searched, frame.time >= searched, frame.time - searched < interval else {
            searched = frame.time
            return try await reader.faces(in: frame.image)
        }
        let places = tracker.places(at: frame.time)
        return places.isEmpty ? [] : try await reader.faces(in: frame.image, near: places)
    }

    /// Embeds the faces that need it, and takes in what that tells.
    private mutating func lookCloser(_ frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        guard looksCloser else { return [] }
        let looks = try await tracker.lookCloser(at: frame.image, time: frame.time, with: reader, recognizer)
        guard !looks.isEmpty else { return [] }
        let (ids, faces) = (looks.map(\.track), looks.map(\.face))
        var events: [StreamEvent] = []
        for look in looks {
            switch look.outcome {
            case .embedded: embeddings += 1
            case .rejected(let face): events += reject(look.track, face, frame)
            case .outside, nil: break
            }
            if let left = look.left { events += leave(left, at: frame.time, frame.number) }
        }
        if reader.judgesLiveness {
            for (id, judgement) in zip(ids, try await reader.liveness(of: faces, in: frame.image)) {
                known[id, default: Known()].readings.add(judgement)
            }
        }
        if reader.readsAttributes {
            let open = ids.indices.filter { known[ids[$0]]?.readings.count ?? 0 < Self.readings }
            let analyses = try await reader.analyses(of: open.map { faces[$0] }, in: frame.image)
            for (index, analysis) in zip(open, analyses) {
                guard let analysis else { continue }
                known[ids[index], default: Known()].readings.add(analysis)
                guard let track = tracker.track(ids[index]) else { continue }
                var event = StreamEvent(.analysed, track, in: frame)
                event.readings = known[track.id]?.readings
                events += appear(track, in: frame) + [event]
            }
        }
        return events
    }

    /// Says once of a track why it is not recognised. It is looked at again later.
    private mutating func reject(_ id: Int, _ face: RejectedFace, _ frame: VideoFrame) -> [StreamEvent] {
        guard let track = tracker.track(id), known[id]?.isRejected != true, track.vote.count == 0 else { return [] }
        known[id, default: Known()].isRejected = true
        var event = StreamEvent(.rejected, track, in: frame)
        event.reason = face.why
        return appear(track, in: frame) + [event]
    }

    /// What there is to say of a track in the picture that was not said yet.
    private mutating func appear(_ track: FaceTrack, in frame: VideoFrame) -> [StreamEvent] {
        var now = known[track.id] ?? Known()
        var events: [StreamEvent] = []
        func say(_ kind: StreamEvent.Kind) -> StreamEvent {
            var event = StreamEvent(kind, track, in: frame)
            event.isReal = now.isReal
            return event
        }
        if now.readings.isReal != nil, now.readings.isReal != now.isReal {
            now.isReal = now.readings.isReal
            if now.hasAppeared { events.append(say(.judged)) }
        }
        // A face that comes back is known again by its embedding, which is waited for.
        let isReady =
            !looksCloser || track.lastEmbedded != nil || frame.time - track.firstSeen > 2 * tracker.settings.wait
        guard now.hasAppeared || isReady else { return [] }
        if !now.hasAppeared {
            now.hasAppeared = true
            tracks += 1
            events.append(say(.appeared))
        }
        if let winner = track.vote.winner {
            if winner.person != now.person {
                now.person = winner.person
                var event = say(.recognised)
                (event.person, event.distance) = (winner.person, winner.distance)
                events.append(event)
            }
        } else if recognizer != nil, now.person == nil, !now.isUnknown, track.vote.count >= Self.doubts {
            now.isUnknown = true
            events.append(say(.unknown))
        }
        known[track.id] = now
        return events
    }

    private mutating func leave(_ track: FaceTrack, at time: Double, _ frame: Int?) -> [StreamEvent] {
        guard let last = known.removeValue(forKey: track.id), last.hasAppeared else { return [] }
        var event = StreamEvent(.left, at: time)
        (event.track, event.frame) = (track.id, frame)
        event.box = FaceBox(track.face.box)
        event.person = last.person
        event.distance = last.person == track.vote.winner?.person ? track.vote.winner?.distance : nil
        event.isReal = last.isReal
        event.readings = last.readings
        (event.firstSeen, event.lastSeen) = (track.firstSeen, track.lastSeen)
        return [event]
    }

    public func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image {
        var picture = frame.image
        try picture.draw(tracker.tracks.filter { $0.isSeen && $0.isSure }.map(mark))
        return picture
    }

    private func mark(_ track: FaceTrack) -> FaceMark {
        let last = known[track.id]
        var words = ["#\(track.id)"]
        if let winner = track.vote.winner {
            words.append("\(winner.person) \(String(format: "%.2f", winner.distance))")
        } else if last?.isUnknown == true {
            words.append("unknown")
        }
        if last?.isReal == false { words.append("not live") }
        if let readings = last?.readings {
            words += [readings.age.map(String.init), readings.dominantGender, readings.dominantEmotion].compactMap(
                \.self)
        }
        let color: Color = last?.isReal == false ? .red : track.vote.winner == nil ? .yellow : .green
        return FaceMark(box: track.face.box, text: words.joined(separator: " "), color: color)
    }
}
