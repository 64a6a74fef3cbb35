/// A face that is followed through a video.
public struct FaceTrack: Sendable {
    /// Counted from 1; no two faces have the same.
    public internal(set) var id: Int
    /// As it was last seen.
    public internal(set) var face: DetectedFace
    /// Seconds.
    public internal(set) var firstSeen: Double
    public internal(set) var lastSeen: Double
    /// Frames in which it was found.
    public internal(set) var frames = 1
    /// Whether it is in the latest frame.
    public internal(set) var isSeen = true
    /// Whether it was found often enough to count.
    public internal(set) var isSure = false
    /// Who it is.
    public internal(set) var vote = TrackVote()
    /// The embedding of the best view so far, and how good that is.
    public internal(set) var embedding: [Float]?
    public internal(set) var embeddedQuality = 0.0
    /// When it was last embedded, in seconds.
    public internal(set) var lastEmbedded: Double?

    var motion: BoxMotion
    /// Whether its place says anything about where it will be seen again: not after a cut.
    var isPlaced = true

    init(id: Int, _ face: DetectedFace, at time: Double) {
        (self.id, self.face, firstSeen, lastSeen) = (id, face, time, time)
        motion = BoxMotion(face.box)
    }

    /// 0 to 1: how well it can be recognised as it was last seen.
    public var quality: Double { FaceView.quality(face) }

    /// Goes on with a face that was found.
    mutating func see(_ found: DetectedFace, at time: Double) {
        motion.correct(found.box)
        (face, lastSeen, isSeen, isPlaced) = (found, time, true, true)
        frames += 1
    }

    /// How much a face is like this one in place, size and pose; 0 to 1.
    func affinity(_ other: DetectedFace) -> Double {
        let place = motion.place
        let overlap = place.overlap(Rectangle(other.box))
        guard let agreement = agreement(other.landmarks, at: place) else { return overlap }
        return (overlap + agreement) / 2
    }

    /// How close the landmarks are to where they should be: 1 on them, 0 half a face away. `nil` where too few are known.
    private func agreement(_ landmarks: Landmarks, at place: Rectangle) -> Double? {
        let before = Rectangle(face.box)
        let (x, y) = (
            (place.left + place.right - before.left - before.right) / 2,
            (place.top + place.bottom - before.top - before.bottom) / 2
        )
        let pairs = [
            (face.landmarks.leftEye, landmarks.leftEye), (face.landmarks.rightEye, landmarks.rightEye),
            (face.landmarks.nose, landmarks.nose), (face.landmarks.mouthLeft, landmarks.mouthLeft),
            (face.landmarks.mouthRight, landmarks.mouthRight),
        ]
        let distances = pairs.compactMap { was, found -> Double? in
            guard let was, let found else { return nil }
            let (dx, dy) = (found.x - was.x - x, found.y - was.y - y)
            return (dx * dx + dy * dy).squareRoot()
        }
        guard distances.count >= 2 else { return nil }
        let reach = max(1, (place.width + place.height) / 4)
        return max(0, 1 - distances.reduce(0, +) / Double(distances.count) / reach)
    }
}

/// Why a face is embedded.
public enum EmbeddingReason: String, Sendable {
    /// It never was.
    case new
    /// It is seen much better than before.
    case better
    /// It was long ago.
    case old
}

extension FaceTrack {
    /// Why the face should be embedded now; `nil`: it should not.
    public func needsEmbedding(at time: Double, _ settings: TrackSettings) -> EmbeddingReason? {
        guard isSure, isSeen, min(face.box.width, face.box.height) >= settings.leastSide else { return nil }
        let quality = quality
        guard let lastEmbedded else {
            return quality >= settings.goodQuality || time - firstSeen >= settings.wait ? .new : nil
        }
        let age = time - lastEmbedded
        if age >= settings.pause, quality >= settings.better * embeddedQuality, quality > 0.05 { return .better }
        // A view that is much worse says little.
        guard quality >= embeddedQuality / 2 || age >= 2 * settings.namedAge else { return nil }
        return age >= (vote.winner == nil ? settings.unnamedAge : settings.namedAge) ? .old : nil
    }

    /// Takes in that the face was looked at as it is now.
    ///
    /// - Returns: whether it never was better.
    @discardableResult mutating func look(at time: Double) -> Bool {
        let (quality, isFirst) = (quality, lastEmbedded == nil)
        lastEmbedded = time
        guard isFirst || quality >= embeddedQuality else { return false }
        embeddedQuality = quality
        return true
    }

    /// Takes in what an embedding of the face as it is now tells.
    mutating func note(_ embedding: [Float], _ recognition: Recognition?, at time: Double) {
        vote.add(recognition, quality: quality)
        if look(at: time) { self.embedding = embedding }
    }
}
