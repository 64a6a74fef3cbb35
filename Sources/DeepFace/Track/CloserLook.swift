/// A followed face that was looked at more closely.
public struct CloserLook: Sendable {
    /// The track's number, as it is from now on.
    public let track: Int
    public let face: DetectedFace
    /// What came of embedding it; `nil` where nobody is to be recognised.
    public let outcome: FaceLook?
    /// What the track was until now, where the face has turned out to be somebody else's.
    public let left: FaceTrack?
}

extension FaceTracker {
    /// Embeds those faces of the frame that was just taken in which are new, turned better or were embedded long ago, and
    /// takes in who they are.
    ///
    /// - Parameters:
    ///   - time: of the frame, in seconds.
    ///   - recognizer: `nil`: nothing is embedded, and those faces are only told.
    public mutating func lookCloser(
        at frame: Image, time: Double, with reader: any FrameReading, _ recognizer: (any FaceRecognizer)?
    ) async throws(DeepFaceError) -> [CloserLook] {
        let wanted = tracks.filter { $0.needsEmbedding(at: time, settings) != nil }
            .sorted { ($0.lastEmbedded ?? -1, $0.id) < ($1.lastEmbedded ?? -1, $1.id) }.prefix(settings.mostAtOnce)
        guard !wanted.isEmpty else { return [] }
        guard let recognizer else {
            for track in wanted { note(viewOf: track.id, at: time) }
            return wanted.map { CloserLook(track: $0.id, face: $0.face, outcome: nil, left: nil) }
        }
        let outcomes = try await reader.embeddings(of: wanted.map(\.face), in: frame)
        var people = try await recognizer.recognize(outcomes.compactMap(\.representation))[...]
        var looks: [CloserLook] = []
        for (track, outcome) in zip(wanted, outcomes) {
            var (id, left): (Int, FaceTrack?) = (track.id, nil)
            switch outcome {
            case .embedded(let view):
                let change = try note(
                    view.embedding, people.popFirst() ?? nil, of: id, at: time, metric: reader.metric,
                    threshold: reader.threshold)
                id = change.id ?? id
                if case .parted(_, let before) = change { left = before }
            case .rejected: note(viewOf: id, at: time)
            case .outside: break
            }
            looks.append(CloserLook(track: id, face: track.face, outcome: outcome, left: left))
        }
        return looks
    }
}
