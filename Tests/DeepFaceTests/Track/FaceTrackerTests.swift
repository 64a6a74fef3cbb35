import DeepFace
import Testing

/// Following faces, on boxes that are made up: 25 frames a second.
struct FaceTrackerTests {
    private static func face(_ x: Double, _ y: Double, side: Double = 80, score: Double = 0.95, turn: Double = 0)
        -> DetectedFace
    {
        func point(_ dx: Double, _ dy: Double) -> Point { Point(x: x + dx * side, y: y + dy * side) }
        return DetectedFace(
            box: Box(x: Int(x), y: Int(y), width: Int(side), height: Int(side)),
            landmarks: Landmarks(
                leftEye: point(0.7, 0.4), rightEye: point(0.3, 0.4), nose: point(0.5 + turn, 0.6),
                mouthLeft: point(0.65, 0.8), mouthRight: point(0.35, 0.8)),
            score: score)
    }

    /// The ids of the faces of each frame, in the order they were given in; 0 for a face without a sure track.
    private static func follow(_ frames: [[DetectedFace]], _ tracker: inout FaceTracker) -> [[Int]] {
        frames.enumerated().map { number, faces in
            _ = tracker.update(faces, at: Double(number) / 25)
            return faces.map { face in
                tracker.tracks.first { $0.isSeen && $0.isSure && $0.face == face }?.id ?? 0
            }
        }
    }

    @Test func facesThatPassEachOtherKeepTheirNumbers() {
        // One above the other by a third of a face; in the middle they cover each other by half and more.
        let frames = (0..<40).map { number in
            let x = Double(number) * 8
            return [Self.face(x, 100), Self.face(312 - x, 128)]
        }
        var tracker = FaceTracker()
        let ids = Self.follow(frames, &tracker)
        #expect(ids[0] == [0, 0], "a face counts from its second frame on")
        #expect(ids[1...].allSatisfy { $0 == [1, 2] }, "\(ids)")
    }

    @Test func aFaceIsFoundWhereItShouldBeAfterFramesWithoutIt() {
        // Its boxes do not meet across the gap: only its speed tells where it is.
        let frames = (0..<40).map { number in
            (20..<30).contains(number) ? [] : [Self.face(Double(number) * 9, 100)]
        }
        var tracker = FaceTracker()
        let ids = Self.follow(frames, &tracker)
        #expect(ids[1..<20].allSatisfy { $0 == [1] } && ids[30...].allSatisfy { $0 == [1] }, "\(ids)")
    }

    @Test func unsureFacesCarryOnAndDoNotBegin() {
        let frames = (0..<20).map { number in
            [Self.face(100 + Double(number), 100, score: number < 5 ? 0.9 : 0.5), Self.face(400, 100, score: 0.5)]
        }
        var tracker = FaceTracker()
        let ids = Self.follow(frames, &tracker)
        #expect(ids[1...].allSatisfy { $0 == [1, 0] }, "\(ids)")
    }

    @Test func whoHasLeftIsToldOnceAndAfterAWhile() {
        var tracker = FaceTracker()
        var left: [(Double, Int)] = []
        for number in 0..<100 {
            let time = Double(number) / 25
            // A box that is there for one frame is nobody.
            let faces = number < 25 ? [Self.face(100, 100)] : number == 40 ? [Self.face(400, 100)] : []
            for track in tracker.update(faces, at: time).left {
                left.append((time, track.id))
                #expect(track.firstSeen == 0 && track.lastSeen == 24.0 / 25 && track.frames == 25)
            }
        }
        #expect(left.count == 1 && left.first?.1 == 1)
        #expect(abs((left.first?.0 ?? 0) - 3) < 0.05, "two seconds after it was seen last")
        let rest = tracker.finish()
        #expect(rest.isEmpty && tracker.tracks.isEmpty)
    }

    @Test func afterACutFacesComeBackByTheirEmbeddingsOnly() throws {
        var tracker = FaceTracker()
        let faces = [Self.face(100, 100), Self.face(300, 100)]
        for time in [0, 0.04] { _ = tracker.update(faces, at: time) }
        func note(_ id: Int, _ embedding: [Float], _ person: String?, at time: Double) throws -> FaceTracker.Outcome {
            try tracker.note(
                embedding, person.map { Recognition(person: $0, distance: 0.1) }, of: id, at: time, metric: .euclidean,
                threshold: 0.6)
        }
        _ = try note(1, [1, 0], "Ada", at: 0.04)
        _ = try note(2, [0, 1], nil, at: 0.04)
        tracker.cut()
        // Others are where they were.
        for time in [0.08, 0.12] { _ = tracker.update(faces, at: time) }
        #expect(tracker.tracks.filter(\.isSeen).map(\.id) == [3, 4])
        let outcome3 = try note(3, [0, 0.9], nil, at: 0.12)
        #expect(outcome3.id == 2)
        let outcome4 = try note(4, [-1, 0], nil, at: 0.12)
        #expect(outcome4.id == nil)
        #expect(tracker.tracks.filter(\.isSeen).map(\.id) == [2, 4])
        #expect(tracker.track(2)?.firstSeen == 0 && tracker.track(2)?.vote.count == 2)
        // The first is still waited for, and comes back too.
        _ = tracker.update(faces + [Self.face(500, 100)], at: 0.16)
        _ = tracker.update(faces + [Self.face(500, 100)], at: 0.2)
        let outcome5 = try note(5, [1, 0.1], "Ada", at: 0.2)
        #expect(outcome5.id == 1)
        #expect(tracker.track(1)?.vote.winner?.person == "Ada")
    }

    @Test func aTrackThatBecomesSomebodyElseGetsANewNumber() throws {
        var tracker = FaceTracker()
        for time in [0, 0.04] { _ = tracker.update([Self.face(100, 100)], at: time) }
        func note(_ id: Int, _ embedding: [Float], _ person: String, at time: Double) throws -> FaceTracker.Outcome {
            try tracker.note(
                embedding, Recognition(person: person, distance: 0.1), of: id, at: time, metric: .euclidean,
                threshold: 0.6)
        }
        _ = try note(1, [1, 0], "Ada", at: 0.04)
        guard case .kept = try note(1, [0.4, 0.4], "Ada", at: 1) else {
            Issue.record("an odd view is still the same person")
            return
        }
        guard case .parted(let id, let left) = try note(1, [-1, 0], "Bob", at: 2) else {
            Issue.record("it is somebody else")
            return
        }
        #expect(id == 2 && left.id == 1 && left.vote.winner?.person == "Ada")
        #expect(tracker.track(2)?.vote.winner?.person == "Bob" && tracker.track(1) == nil)
    }

    @Test func aFaceIsEmbeddedWhenNewOrBetterOrOld() throws {
        var tracker = FaceTracker()
        var reasons: [(Double, EmbeddingReason)] = []
        // Ten seconds: the face looks aside, and from four seconds on into the camera.
        for number in 0..<250 {
            let time = Double(number) / 25
            _ = tracker.update([Self.face(100, 100, turn: number < 100 ? 0.12 : 0)], at: time)
            for track in tracker.tracks {
                guard let reason = track.needsEmbedding(at: time, tracker.settings) else { continue }
                reasons.append((time, reason))
                _ = try tracker.note(
                    [1, 0], Recognition(person: "Ada", distance: 0.2), of: track.id, at: time, metric: .cosine,
                    threshold: 0.5)
            }
        }
        #expect(reasons.map(\.1) == [.new, .better, .old], "\(reasons)")
        #expect(reasons.map(\.0).first ?? 1 < 0.4 && reasons.map(\.0).last ?? 0 >= 9)

        // Who has no name yet is looked at each second, and never more often than every half.
        var stranger = FaceTracker()
        var views = 0
        for number in 0..<250 {
            let time = Double(number) / 25
            _ = stranger.update([Self.face(100, 100, side: 30 + Double(number))], at: time)
            for track in stranger.tracks where track.needsEmbedding(at: time, stranger.settings) != nil {
                views += 1
                _ = try stranger.note([1, 0], nil, of: track.id, at: time, metric: .cosine, threshold: 0.5)
            }
        }
        #expect((8...14).contains(views), "\(views)")
    }

    @Test func badViewsAreWaitedOut() {
        var tracker = FaceTracker()
        for number in 0..<25 {
            let time = Double(number) / 25
            _ = tracker.update([Self.face(100, 100, side: 26, turn: 0.2), Self.face(300, 100, side: 20)], at: time)
            let wanting = tracker.tracks.filter { $0.needsEmbedding(at: time, tracker.settings) != nil }.map(\.id)
            #expect(wanting == (time >= 0.3 ? [1] : []), "at \(time): a face of 20 pixels never is")
        }
    }
}
