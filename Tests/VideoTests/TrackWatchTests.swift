import DeepFace
import Foundation
import Synchronization
import Testing
import Video

/// What is told of faces that are made up, eight frames a second, so that times are exact.
struct TrackWatchTests {
    /// Whom a face shows, and where.
    struct Actor: Sendable {
        let name: String
        let x: Int
        /// In which frames.
        let frames: Range<Int>
        var isReal = true
        /// In these frames its quality is too low.
        var blurred = 0..<0
    }

    /// Of a face of too little quality.
    static let rejection: RejectedFace? = {
        let grey = Image(filledWith: Color(blue: 90, green: 90, red: 90), width: 64, height: 64)
        let face = DetectedFace(box: Box(x: 20, y: 20, width: 20, height: 20), score: 0.9)
        guard let quality = try? JSONEncoder().encode(FaceQuality(of: face, in: grey)) else { return nil }
        let json = """
            {"facial_area": {"x": 0, "y": 0, "w": 9, "h": 9}, "confidence": 0.9, \
            "quality": \(String(decoding: quality, as: UTF8.self)), "reasons": ["blurred"], "bar": 0.5}
            """
        return try? JSONDecoder().decode(RejectedFace.self, from: Data(json.utf8))
    }()

    /// Finds the actors in frames whose grey says which they are.
    final class Stage: FrameReading, FaceRecognizer {
        let actors: [Actor]
        let metric = DistanceMetric.euclidean
        let threshold: Double? = 0.6
        let judgesLiveness: Bool
        let readsAttributes = false
        private let counts = Mutex((embedded: 0, searches: 0))
        var embedded: Int { counts.withLock { $0.embedded } }
        /// Frames that were searched as a whole.
        var searches: Int { counts.withLock { $0.searches } }

        init(_ actors: [Actor], judgesLiveness: Bool = false) {
            (self.actors, self.judgesLiveness) = (actors, judgesLiveness)
        }

        static func frame(_ number: Int) -> VideoFrame {
            let level = UInt8(number)
            return VideoFrame(
                image: Image(filledWith: Color(blue: level, green: level, red: level), width: 64, height: 36),
                number: number + 1, time: Double(number) / 8)
        }

        func faces(in frame: Image) async throws(DeepFaceError) -> [DetectedFace] {
            counts.withLock { $0.searches += 1 }
            return shown(in: frame)
        }

        func faces(in frame: Image, near places: [Box]) async throws(DeepFaceError) -> [DetectedFace] {
            shown(in: frame).filter { face in places.contains { abs($0.x - face.box.x) < 60 } }
        }

        private func shown(in frame: Image) -> [DetectedFace] {
            let number = Int(frame.pixels[0])
            return actors.filter { $0.frames.contains(number) }.map { actor in
                DetectedFace(box: Box(x: actor.x, y: 100, width: 120, height: 120), score: 0.9)
            }
        }

        private func actor(_ face: DetectedFace, _ frame: Image) -> Actor? {
            actors.first { $0.x == face.box.x && $0.frames.contains(Int(frame.pixels[0])) }
        }

        func embeddings(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [FaceLook] {
            counts.withLock { $0.embedded += faces.count }
            return faces.map { face in
                if actor(face, frame)?.blurred.contains(Int(frame.pixels[0])) == true,
                    let rejection = TrackWatchTests.rejection
                {
                    return .rejected(rejection)
                }
                let letter = actor(face, frame)?.name.unicodeScalars.first?.value ?? 0
                return .embedded(
                    Representation(
                        embedding: [Float(letter)], facialArea: FacialArea(x: face.box.x, y: 0, w: 1, h: 1),
                        faceConfidence: 1))
            }
        }

        func liveness(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Liveness] {
            faces.map { Liveness(isReal: actor($0, frame)?.isReal ?? true, score: 0.9) }
        }

        func analyses(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Analysis?] {
            faces.map { _ in nil }
        }

        /// Who has a capital letter is known.
        func recognize(_ faces: [Representation]) async throws(DeepFaceError) -> [Recognition?] {
            faces.map { face in
                actors.first { Float($0.name.unicodeScalars.first?.value ?? 0) == face.embedding[0] }
                    .flatMap { $0.name == $0.name.capitalized ? Recognition(person: $0.name, distance: 0.25) : nil }
            }
        }
    }

    /// - Parameter interval: how often the whole picture is searched.
    private static func play(
        _ stage: Stage, frames: Range<Int>, recognises: Bool = true, interval: Double = 0
    ) async throws -> [StreamEvent] {
        var settings = TrackSettings()
        settings.searchInterval = interval
        var watch = TrackWatch(stage, recognises ? stage : nil, settings)
        var events: [StreamEvent] = []
        for number in frames { events += try await watch.look(at: Stage.frame(number)) }
        return events + watch.finish(at: Double(frames.upperBound) / 8)
    }

    private static func lines(_ events: [StreamEvent]) -> [String] {
        events.map { "\($0.kind.rawValue) \($0.track ?? 0) \($0.person ?? "-") \($0.time)" }
    }

    @Test func comesIsKnownAndLeaves() async throws {
        let stage = Stage([
            Actor(name: "Ada", x: 100, frames: 0..<60), Actor(name: "stranger", x: 400, frames: 5..<40),
        ])
        let events = try await Self.play(stage, frames: 0..<90)
        #expect(
            Self.lines(events) == [
                "appeared 1 - 0.125", "recognised 1 Ada 0.125", "appeared 2 - 0.75", "unknown 2 - 2.75", "left 2 - 7.0",
                "left 1 Ada 9.5",
            ], "\(Self.lines(events))")
        let last = try #require(events.last)
        #expect(last.firstSeen == 0 && last.lastSeen == 7.375 && last.distance == 0.25)
        // One each second for who has no name, one in five for who has.
        #expect(stage.embedded == 2 + 5, "\(stage.embedded)")
    }

    @Test func theWholePictureIsSearchedNowAndThen() async throws {
        let stage = Stage([Actor(name: "Ada", x: 100, frames: 0..<60), Actor(name: "Bob", x: 400, frames: 18..<40)])
        let events = try await Self.play(stage, frames: 0..<90, interval: 0.5)
        // Bob is seen as soon as that is looked for, and who is gone is looked for at once.
        #expect(
            Self.lines(events) == [
                "appeared 1 - 0.125", "recognised 1 Ada 0.125", "appeared 2 - 2.625", "recognised 2 Bob 2.625",
                "left 2 Bob 7.0", "left 1 Ada 9.5",
            ], "\(Self.lines(events))")
        // Every fourth of 90, and twice the frame after somebody was gone, from which the fours go on.
        #expect(stage.searches == 24, "\(stage.searches)")
    }

    @Test func whoCannotBeRecognisedIsToldOnce() async throws {
        #expect(Self.rejection != nil)
        let stage = Stage([Actor(name: "Ada", x: 100, frames: 0..<40, blurred: 0..<20)])
        let events = try await Self.play(stage, frames: 0..<40)
        #expect(
            Self.lines(events) == [
                "appeared 1 - 0.125", "rejected 1 - 0.125", "recognised 1 Ada 3.125", "left 1 Ada 5.0",
            ], "\(Self.lines(events))")
        #expect(events[1].reason == Self.rejection?.why && events[1].reason?.hasSuffix("below 0.5: blurred") == true)
        // Looked at again once a second, not in each frame.
        #expect(stage.embedded == 4, "\(stage.embedded)")
    }

    @Test func whoComesBackElsewhereHasTheSameNumber() async throws {
        let stage = Stage([
            Actor(name: "Ada", x: 100, frames: 0..<20), Actor(name: "Ada", x: 500, frames: 30..<40),
            Actor(name: "Bob", x: 100, frames: 32..<40),
        ])
        let events = try await Self.play(stage, frames: 0..<40)
        #expect(
            Self.lines(events) == [
                "appeared 1 - 0.125", "recognised 1 Ada 0.125", "appeared 3 - 4.125", "recognised 3 Bob 4.125",
                "left 1 Ada 5.0",
                "left 3 Bob 5.0",
            ], "\(Self.lines(events))")
    }

    @Test func picturesOfFacesAreMarked() async throws {
        let stage = Stage(
            [Actor(name: "Ada", x: 100, frames: 0..<20), Actor(name: "Bob", x: 400, frames: 0..<20, isReal: false)],
            judgesLiveness: true)
        let events = try await Self.play(stage, frames: 0..<20)
        let judged = Dictionary(grouping: events.filter { $0.person != nil }) { $0.person ?? "" }
        #expect(judged["Ada"]?.allSatisfy { $0.isReal == true } == true && judged["Ada"]?.count == 2)
        #expect(judged["Bob"]?.allSatisfy { $0.isReal == false } == true)
        let json = try JSONEncoder().encode(try #require(judged["Bob"]?.first))
        let keys = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any]).keys.sorted()
        #expect(keys == ["box", "distance", "event", "frame", "is_real", "person", "time", "track"])
    }

    @Test func withoutAnybodyKnownFacesAreFollowedOnly() async throws {
        let stage = Stage([Actor(name: "Ada", x: 100, frames: 0..<60)])
        let events = try await Self.play(stage, frames: 0..<60, recognises: false)
        #expect(Self.lines(events) == ["appeared 1 - 0.125", "left 1 - 7.5"] && stage.embedded == 0)
    }

    @Test func pythonsRhythmHasNoNumbers() async throws {
        let stage = Stage([Actor(name: "Ada", x: 100, frames: 0..<80), Actor(name: "stranger", x: 400, frames: 0..<80)])
        var style = PythonStyle()
        style.width = 119
        var watch = PythonWatch(stage, stage, style)
        var events: [StreamEvent] = []
        for number in 0..<80 { events += try await watch.look(at: Stage.frame(number)) }
        #expect(
            Self.lines(events) == [
                "recognised 0 Ada 0.5", "unknown 0 - 0.5", "held 0 - 0.5", "recognised 0 Ada 6.0", "unknown 0 - 6.0",
                "held 0 - 6.0",
            ], "\(Self.lines(events))")
        #expect(watch.embeddings == 4)
        // The picture of the moment is shown as long as it is held.
        let held = try watch.picture(of: Stage.frame(70))
        #expect(held.pixels[0] == 48)
        style.width = 120
        var strict: any FrameWatch = PythonWatch(stage, stage, style)
        for number in 0..<10 {
            let nothing = try await strict.look(at: Stage.frame(number))
            #expect(nothing.isEmpty)
        }
    }
}
