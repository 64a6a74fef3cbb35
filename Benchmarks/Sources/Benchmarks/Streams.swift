import DeepFace
import Foundation
import Video

/// Two clips gone through by `deepface stream`'s engine, YuNet and Dlib: all frames as quickly as that goes, and played at
/// their own speed; beside it every face of every frame embedded. Then the first clip over and over: what that does to
/// memory. `DEEPFACE_STREAM_SECONDS` says how long; default 600.
enum Streams {
    static func run() async throws {
        let folder = Photos.shared.appending(path: "images/video")
        let clips = ["short_hamilton_clip.mp4", "facenet_pytorch_video.mp4"].map { folder.appending(path: $0) }
        let home = Photos.package.appending(path: ".build/test-home")
        guard clips.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }),
            FileManager.default.fileExists(atPath: home.path)
        else { return print("stream: skipped, for want of the clips or of .build/test-home\n") }
        var configuration = Configuration()
        configuration.home = home
        configuration.checksDigests = false
        var options = Options()
        options.detector = .yunet
        let deepface = try DeepFace(options: options, configuration: configuration)
        let pipeline = try await FramePipeline(deepface)
        let dataset = Photos.shared.appending(path: "images/deepface-dataset").path
        let file = FileManager.default.temporaryDirectory.appending(path: "stream-\(UUID().uuidString).gallery")
        defer { try? FileManager.default.removeItem(at: file) }
        let people = try await deepface.gallery(of: dataset, file: file)
        print("stream, yunet + Dlib, recognition among \(people.faceCount) faces")
        for clip in clips {
            _ = try await pass(clip, TrackWatch(pipeline, people))
            let tracked = try await pass(clip, TrackWatch(pipeline, people))
            let each = try await pass(clip, EachFace(pipeline, people))
            var played = StreamSettings()
            played.everyFrame = false
            let live = try await pass(clip, TrackWatch(pipeline, people), played)
            print("  \(clip.lastPathComponent), \(tracked.frames) frames")
            print(
                String(
                    format:
                        "    all frames: %.1f fps, %d embeddings; each face of each frame: %.1f fps, %d: %.1f x, 1/%.0f",
                    tracked.fps, tracked.embeddings, each.fps, each.embeddings, tracked.fps / each.fps,
                    Double(each.embeddings) / Double(max(1, tracked.embeddings))))
            print(
                String(
                    format: "    at its own speed: %d dropped, latency %.1f ms, 95 of a hundred within %.1f ms",
                    live.dropped, live.latencyP50 ?? 0, live.latencyP95 ?? 0))
        }
        try await memory(clips[0], pipeline, people)
    }

    private static func pass(
        _ clip: URL, _ watch: any FrameWatch, _ settings: StreamSettings = StreamSettings()
    ) async throws -> StreamSummary {
        var watch = watch
        return try await StreamSession(.file(clip.path), settings).run(&watch) { _ in }
    }

    private static func memory(_ clip: URL, _ pipeline: FramePipeline, _ people: Gallery) async throws {
        let wanted = ProcessInfo.processInfo.environment["DEEPFACE_STREAM_SECONDS"].flatMap { Double($0) } ?? 600
        let start = ContinuousClock.now
        var marks: [Int] = []
        var frames = 0
        while (.now - start) / .seconds(1) < wanted {
            frames += try await pass(clip, TrackWatch(pipeline, people)).frames
            marks.append(Memory.resident().all)
        }
        let tenth = max(1, marks.count / 10)
        let (early, late) = (marks.prefix(tenth).max() ?? 0, marks.suffix(tenth).max() ?? 0)
        print(
            "    over and over for \(Int(wanted)) s, \(frames) frames: resident \(early) MB in the first tenth, "
                + "\(late) MB in the last\n")
    }
}

/// Embeds and recognises every face of every frame.
private struct EachFace: FrameWatch {
    private let pipeline: FramePipeline
    private let people: Gallery
    private(set) var embeddings = 0
    var tracks: Int { 0 }

    init(_ pipeline: FramePipeline, _ people: Gallery) { (self.pipeline, self.people) = (pipeline, people) }

    mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        let faces = try await pipeline.faces(in: frame.image)
        let views = try await pipeline.embeddings(of: faces, in: frame.image).compactMap(\.representation)
        embeddings += views.count
        _ = try await people.recognize(views)
        return []
    }

    func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image { frame.image }
    mutating func finish(at time: Double) -> [StreamEvent] { [] }
}
