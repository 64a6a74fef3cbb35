import DeepFace
import Foundation
import Synchronization
import TestSupport
import Testing
import Video

/// A clip of a stage: four scenes, a man who sings in two of them (github.com/ageitgey/face_recognition,
/// examples/short_hamilton_clip.mp4).
@Suite(.serialized) struct ClipTests {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let clip: URL? = {
        let path = ProcessInfo.processInfo.environment["DEEPFACE_SHARED"]
        let root =
            path.map { URL(fileURLWithPath: $0) } ?? package.deletingLastPathComponent().appending(path: "shared")
        let clip = root.appending(path: "images/video/short_hamilton_clip.mp4")
        return FileManager.default.fileExists(atPath: clip.path) ? clip : nil
    }()
    /// One pipeline for all tests.
    static let deepface: DeepFace? = {
        var configuration = Configuration()
        configuration.home = package.appending(path: ".build/test-home")
        configuration.checksDigests = false
        var options = Options()
        options.detector = .yunet
        let deepface = try? DeepFace(options: options, configuration: configuration)
        let files = DetectorModel.yunet.files + RecognitionModel.dlib.files
        return files.allSatisfy { deepface?.store.glance(at: $0) == .present } ? deepface : nil
    }()

    /// A folder with one frame of the singer, and one of his listeners.
    private static func people(_ folder: TemporaryFolder, _ deepface: DeepFace) async throws -> Gallery {
        let wanted = [(number: 120, name: "Singer"), (number: 250, name: "Listener")]
        let picker = PickingWatch(numbers: Set(wanted.map(\.number)))
        _ = await SessionRun(.file(try #require(clip).path), StreamSettings(), picker)
        for (number, name) in wanted {
            let frame = try #require(picker.frames.all[number])
            // The face that the detector is surest of.
            let faces = try await deepface.extractFaces(.pixels(frame))
            let area = try #require(faces.max { $0.confidence < $1.confidence }).facialArea
            let around = try #require(
                frame.cropped(
                    to: Box(x: area.x - area.w / 2, y: area.y - area.h / 2, width: 2 * area.w, height: 2 * area.h)))
            try FileManager.default.createDirectory(at: folder.file(name), withIntermediateDirectories: true)
            try around.png().write(to: folder.file(name).appending(path: "1.png"))
        }
        return try await deepface.gallery(of: folder.url.path)
    }

    @Test(.needsClip) func theSameNamesAsFrameByFrameForAFifthOfTheWork() async throws {
        let (clip, deepface) = (try #require(Self.clip), try #require(Self.deepface))
        let folder = try TemporaryFolder()
        let gallery = try await Self.people(folder, deepface)
        let pipeline = try await FramePipeline(deepface)

        let counting = CountingReader(pipeline)
        let run = await SessionRun(.file(clip.path), StreamSettings(), TrackWatch(counting, gallery))
        #expect(run.failure == nil)
        let summary = try #require(run.summary)
        #expect(summary.frames == 275 && summary.embeddings == counting.embedded)
        #expect(summary.people == ["Listener", "Singer"])

        // Every face of every third frame by itself.
        let each = EachFaceWatch(pipeline, gallery)
        _ = await SessionRun(.file(clip.path), StreamSettings(), each)
        #expect(Set(each.seen.people) == ["Listener", "Singer"])
        #expect(3 * each.seen.count >= 5 * summary.embeddings, "\(3 * each.seen.count) against \(summary.embeddings)")

        // Each track's name is that of most of its faces looked at by themselves.
        let tracks = Dictionary(grouping: run.events.filter { $0.track != nil }) { $0.track ?? 0 }
        #expect(tracks.values.allSatisfy { $0.first?.kind == .appeared && $0.last?.kind == .left })
        let singer = try #require(run.events.first { $0.person == "Singer" })
        // He is close to the camera from the third scene on, and one track through all of it.
        let shown = run.events.filter { $0.kind == .left && $0.person == "Singer" }
        #expect(shown.contains { ($0.lastSeen ?? 0) - ($0.firstSeen ?? 0) > 2 }, "\(shown)")
        #expect(singer.distance ?? 1 <= 0.6)
    }

    @Test(.needsClip) func facesAreFoundWhereTheyAreExpected() async throws {
        let (clip, deepface) = (try #require(Self.clip), try #require(Self.deepface))
        let pipeline = try await FramePipeline(deepface, embeds: false)
        let picker = PickingWatch(numbers: [60, 120, 180, 250])
        _ = await SessionRun(.file(clip.path), StreamSettings(), picker)
        var found = 0
        for frame in picker.frames.all.values {
            let all = try await pipeline.faces(in: frame).filter { $0.score > 0.75 }
            // As they would be one frame later.
            let places = all.map { $0.box.moved(x: $0.box.width / 10, y: 0) }
            let near = try await pipeline.faces(in: frame, near: places)
            for face in all {
                #expect(near.contains { $0.box.overlap(face.box) > 0.6 }, "\(face.box) among \(near.map(\.box))")
            }
            found += all.count
        }
        #expect(found >= 6, "\(found)")
        let nobody = try await pipeline.faces(in: MadeUpVideo.frame(1), near: [])
        #expect(nobody.isEmpty)
        let outside = try await pipeline.faces(
            in: MadeUpVideo.frame(1), near: [Box(x: -500, y: 20, width: 30, height: 30)])
        #expect(outside.isEmpty)
        // A motion that was guessed badly costs no more memory than the frame.
        let vast = try await pipeline.faces(
            in: MadeUpVideo.frame(1), near: [Box(x: -900_000, y: -900_000, width: 2_000_000, height: 2_000_000)])
        #expect(vast.isEmpty)
    }

    @Test(.needsClip) func pythonsRhythmOnTheClip() async throws {
        let (clip, deepface) = (try #require(Self.clip), try #require(Self.deepface))
        let folder = try TemporaryFolder()
        var style = PythonStyle()
        // His face is some 90 pixels wide here.
        style.width = 50
        style.seconds = 1
        let watch = PythonWatch(
            try await FramePipeline(deepface), try await Self.people(folder, deepface), style)
        var settings = StreamSettings()
        settings.output = folder.file("held.mp4")
        let run = await SessionRun(.file(clip.path), settings, watch)
        #expect(run.failure == nil)
        let held = run.events.filter { $0.kind == .held }.map(\.time)
        #expect(held.count >= 3 && zip(held, held.dropFirst()).allSatisfy { $1 - $0 >= 1 + 4 / 30.0 }, "\(held)")
        let singer = run.events.filter { $0.kind == .recognised && $0.person == "Singer" }
        #expect(singer.count >= 2 && singer.allSatisfy { $0.track == nil && $0.box.map { $0.w > 50 } == true })
        #expect(folder.names.contains("held.mp4"))
    }

    @Test(.needsClip) func attributesAndLivenessAreReadOncePerFaceAndNotPerFrame() async throws {
        let (clip, deepface) = (try #require(Self.clip), try #require(Self.deepface))
        let models = [AttributeModel.ssrNetAge, .ssrNetGender]
        let files = models.flatMap(\.files) + LivenessModel.fasNet.files
        guard files.allSatisfy({ deepface.store.glance(at: $0) == .present }) else { return }
        var options = deepface.options
        options.antiSpoofing = true
        let counting = CountingReader(
            try await FramePipeline(deepface, options: options, embeds: false, attributes: models))
        var settings = StreamSettings()
        settings.seconds = 4.5
        let run = await SessionRun(.file(clip.path), settings, TrackWatch(counting, nil))
        #expect(run.failure == nil && counting.embedded == 0)
        let read = run.events.filter { $0.kind == .analysed }
        #expect(!read.isEmpty && read.allSatisfy { $0.readings?.age != nil && $0.readings?.dominantGender != nil })
        let perTrack = Dictionary(grouping: read) { $0.track ?? 0 }
        #expect(perTrack.values.allSatisfy { $0.count <= 3 })
        #expect(run.events.filter { $0.kind == .left }.contains { $0.isReal != nil })
        #expect(counting.judged < 30, "\(counting.judged)")
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the clip is, and the weights of YuNet and Dlib.
    fileprivate static var needsClip: Self {
        .enabled(
            if: ClipTests.clip != nil && ClipTests.deepface != nil,
            "skipped: images/video of the shared folder, or weights in .build/test-home, are missing")
    }
}

/// Keeps some frames.
private struct PickingWatch: FrameWatch {
    final class Frames: Sendable {
        private let list = Mutex<[Int: Image]>([:])
        var all: [Int: Image] { list.withLock { $0 } }
        func keep(_ frame: VideoFrame) { list.withLock { $0[frame.number] = frame.image } }
    }

    let numbers: Set<Int>
    let frames = Frames()
    var embeddings: Int { 0 }
    var tracks: Int { 0 }

    mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        if numbers.contains(frame.number) { frames.keep(frame) }
        return []
    }

    func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image { frame.image }
    mutating func finish(at time: Double) -> [StreamEvent] { [] }
}

/// Embeds every face of every third frame.
private struct EachFaceWatch: FrameWatch {
    final class Seen: Sendable {
        private let list = Mutex<(people: [String], count: Int)>(([], 0))
        var people: [String] { list.withLock { $0.people } }
        var count: Int { list.withLock { $0.count } }
        func add(_ found: [Recognition?]) {
            list.withLock {
                $0.count += found.count
                $0.people += found.compactMap { $0?.person }
            }
        }
    }

    private let reader: FramePipeline
    private let gallery: Gallery
    let seen = Seen()
    var embeddings: Int { seen.count }
    var tracks: Int { 0 }

    init(_ reader: FramePipeline, _ gallery: Gallery) { (self.reader, self.gallery) = (reader, gallery) }

    mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        guard frame.number % 3 == 0 else { return [] }
        let faces = try await reader.faces(in: frame.image)
        let views = try await reader.embeddings(of: faces, in: frame.image)
        seen.add(try await gallery.recognize(views.compactMap(\.representation)))
        return []
    }

    func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image { frame.image }
    mutating func finish(at time: Double) -> [StreamEvent] { [] }
}

/// Counts what is asked of a pipeline.
private final class CountingReader: FrameReading {
    private let pipeline: FramePipeline
    private let counts = Mutex((embedded: 0, judged: 0))

    init(_ pipeline: FramePipeline) { self.pipeline = pipeline }

    var embedded: Int { counts.withLock { $0.embedded } }
    var judged: Int { counts.withLock { $0.judged } }
    var metric: DistanceMetric { pipeline.metric }
    var threshold: Double? { pipeline.threshold }
    var judgesLiveness: Bool { pipeline.judgesLiveness }
    var readsAttributes: Bool { pipeline.readsAttributes }

    func faces(in frame: Image) async throws(DeepFaceError) -> [DetectedFace] { try await pipeline.faces(in: frame) }

    func faces(in frame: Image, near places: [Box]) async throws(DeepFaceError) -> [DetectedFace] {
        try await pipeline.faces(in: frame, near: places)
    }

    func embeddings(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [FaceLook] {
        counts.withLock { $0.embedded += faces.count }
        return try await pipeline.embeddings(of: faces, in: frame)
    }

    func liveness(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Liveness] {
        counts.withLock { $0.judged += faces.count }
        return try await pipeline.liveness(of: faces, in: frame)
    }

    func analyses(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Analysis?] {
        try await pipeline.analyses(of: faces, in: frame)
    }
}

extension Box {
    fileprivate func moved(x dx: Int, y dy: Int) -> Box { Box(x: x + dx, y: y + dy, width: width, height: height) }

    /// The area of both together that they share, 0 to 1.
    fileprivate func overlap(_ other: Box) -> Double {
        let width = min(x + self.width, other.x + other.width) - max(x, other.x)
        let height = min(y + self.height, other.y + other.height) - max(y, other.y)
        let both = max(0, width) * max(0, height)
        return Double(both) / Double(self.width * self.height + other.width * other.height - both)
    }
}
