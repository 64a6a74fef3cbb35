/// Follows faces from frame to frame, as ByteTrack does: faces the detector is sure of are matched first, with where the
/// tracks should be by now, then the others with the tracks that are left.
///
/// Pure bookkeeping: it is given what was found in each frame, and what embeddings tell.
public struct FaceTracker: Sendable {
    public let settings: TrackSettings
    /// Those in the picture, and those that may come back.
    public private(set) var tracks: [FaceTrack] = []
    private var next = 1
    private var time: Double?

    /// How much alike a face and a track must be, in the first stage, in the second, and where the track is not sure yet.
    private static let (first, second, third) = (0.2, 0.5, 0.3)
    /// So many times the distance of one person apart, a track has become somebody else.
    private static let elsewhere = 1.3

    public init(_ settings: TrackSettings = TrackSettings()) { self.settings = settings }

    /// What a frame has changed.
    public struct Changes: Sendable {
        /// Tracks that count from now on.
        public var appeared: [Int] = []
        /// Tracks that are no more.
        public var left: [FaceTrack] = []
    }

    /// Where the faces that were in the latest frame should be at another time.
    public func places(at time: Double) -> [Box] {
        tracks.filter(\.isSeen).map { track in
            var motion = track.motion
            motion.advance(seconds: max(0, time - track.lastSeen))
            return motion.place.truncated
        }
    }

    /// Takes in the faces of the next frame.
    ///
    /// - Parameter time: in seconds, not before the last frame's.
    public mutating func update(_ faces: [DetectedFace], at time: Double) -> Changes {
        let passed = max(0, time - (self.time ?? time))
        self.time = time
        for index in tracks.indices {
            if !tracks[index].isSeen { tracks[index].motion.keepSize() }
            tracks[index].motion.advance(seconds: passed)
        }
        let (before, known) = (tracks.map(\.isSeen), tracks.map(\.isSure))
        for index in tracks.indices { tracks[index].isSeen = false }
        var sure = faces.indices.filter { faces[$0].score >= settings.sureScore }
        var unsure = faces.indices.filter { faces[$0].score < settings.sureScore }
        match(&sure, faces, at: time, least: Self.first) { known[$0] && $1.isPlaced }
        match(&unsure, faces, at: time, least: Self.second) { known[$0] && before[$0] && $1.isPlaced }
        match(&sure, faces, at: time, least: Self.third) { !known[$0] && $1.isPlaced }
        for face in sure {
            tracks.append(FaceTrack(id: next, faces[face], at: time))
            next += 1
        }
        var changes = Changes()
        for index in tracks.indices
        where tracks[index].isSeen && !tracks[index].isSure && tracks[index].frames >= settings.frames {
            tracks[index].isSure = true
            changes.appeared.append(tracks[index].id)
        }
        let patience = settings.patience
        changes.left = drop { !$0.isSeen && (!$0.isSure || time - $0.lastSeen > patience) }
        return changes
    }

    /// Says that the picture has changed altogether: where faces were tells nothing of where they will be. Those that
    /// were followed come back by their embeddings or not at all.
    public mutating func cut() {
        for index in tracks.indices { (tracks[index].isSeen, tracks[index].isPlaced) = (false, false) }
        _ = drop { !$0.isSure }
    }

    /// Ends all tracks.
    ///
    /// - Returns: those that counted.
    public mutating func finish() -> [FaceTrack] { drop { _ in true } }

    public func track(_ id: Int) -> FaceTrack? { tracks.first { $0.id == id } }

    /// Matches faces with those tracks that `allows` lets through and that no face was matched with yet; what is matched
    /// is taken out of `open`.
    private mutating func match(
        _ open: inout [Int], _ faces: [DetectedFace], at time: Double, least: Double,
        _ allows: (Int, FaceTrack) -> Bool
    ) {
        let rows = tracks.indices.filter { !tracks[$0].isSeen && allows($0, tracks[$0]) }
        let affinities = rows.map { row in open.map { tracks[row].affinity(faces[$0]) } }
        let columns = Assignment.best(affinities, columns: open.count, least: least)
        for (row, column) in zip(rows, columns) {
            if let column { tracks[row].see(faces[open[column]], at: time) }
        }
        let taken = Set(columns.compactMap(\.self))
        open = open.indices.filter { !taken.contains($0) }.map { open[$0] }
    }

    /// Takes tracks out.
    ///
    /// - Returns: those of them that counted.
    private mutating func drop(_ goes: (FaceTrack) -> Bool) -> [FaceTrack] {
        let gone = tracks.filter(goes)
        tracks.removeAll(where: goes)
        return gone.filter(\.isSure)
    }
}

extension FaceTracker {
    /// What an embedding did to its track.
    public enum Outcome: Sendable {
        case kept
        /// It is a track that was lost before, and has its number again.
        case rejoined(Int)
        /// It is somebody else than it was: it has a new number, and what it was has left.
        case parted(Int, left: FaceTrack)
    }

    /// Takes in the embedding of a track's face as it is now, and who that is.
    ///
    /// - Parameters:
    ///   - metric: compares the embedding with those before.
    ///   - threshold: the largest distance of one person; `nil`: tracks are neither joined nor parted.
    /// - Throws: `invalidEmbedding`.
    public mutating func note(
        _ embedding: [Float], _ recognition: Recognition?, of id: Int, at time: Double, metric: DistanceMetric,
        threshold: Double?
    ) throws(DeepFaceError) -> Outcome {
        guard let index = tracks.firstIndex(where: { $0.id == id }) else { return .kept }
        var outcome = Outcome.kept
        if let threshold {
            if let known = tracks[index].embedding {
                let distance = try metric.distance(known, embedding)
                if distance > Self.elsewhere * threshold,
                    recognition?.person != tracks[index].vote.winner?.person
                        || recognition == nil
                {
                    outcome = part(index, at: time)
                }
            } else if let lost = try lost(like: embedding, metric, within: threshold) {
                outcome = rejoin(index, tracks[lost])
            }
        }
        let place = tracks.firstIndex { $0.id == outcome.id ?? id }
        if let place { tracks[place].note(embedding, recognition, at: time) }
        return outcome
    }

    /// Takes in that a track's face was looked at more closely without an embedding.
    public mutating func note(viewOf id: Int, at time: Double) {
        guard let index = tracks.firstIndex(where: { $0.id == id }) else { return }
        tracks[index].look(at: time)
    }

    /// The track out of the picture whose face is nearest.
    private func lost(
        like embedding: [Float], _ metric: DistanceMetric, within threshold: Double
    ) throws(DeepFaceError) -> Int? {
        var nearest: (index: Int, distance: Double)?
        for (index, track) in tracks.enumerated() where !track.isSeen && track.isSure {
            guard let known = track.embedding else { continue }
            let distance = try metric.distance(known, embedding)
            if distance <= threshold, distance < nearest?.distance ?? .infinity { nearest = (index, distance) }
        }
        return nearest?.index
    }

    private mutating func rejoin(_ index: Int, _ lost: FaceTrack) -> Outcome {
        var track = lost
        let found = tracks[index]
        (track.face, track.motion, track.lastSeen) = (found.face, found.motion, found.lastSeen)
        (track.isSeen, track.isPlaced) = (found.isSeen, true)
        track.frames += found.frames
        tracks[index] = track
        tracks.removeAll { $0.id == lost.id && !$0.isSeen }
        return .rejoined(lost.id)
    }

    private mutating func part(_ index: Int, at time: Double) -> Outcome {
        let left = tracks[index]
        var track = FaceTrack(id: next, left.face, at: time)
        next += 1
        track.isSure = true
        tracks[index] = track
        return .parted(track.id, left: left)
    }
}

extension FaceTracker.Outcome {
    /// The track's number where it has changed.
    public var id: Int? {
        switch self {
        case .kept: nil
        case .rejoined(let id), .parted(let id, _): id
        }
    }
}
