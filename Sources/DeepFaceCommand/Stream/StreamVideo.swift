import ArgumentParser
import DeepFace
import FaceStores
import Foundation
import Video

struct StreamVideo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stream",
        abstract: "Follow and recognise the faces of a camera, a video file or a stream.",
        discussion: """
            Prints a line of JSON for each thing that happens: {"event": "appeared", "track": 1, …}, then recognised or \
            unknown, and left; at the end {"event": "ended", …} with how many frames were looked at and how quickly. A \
            face is followed from frame to frame under one number, and embedded only when it is new, seen better or was \
            embedded long ago: its name is the vote of those views.

            Of a file every frame is looked at, as quickly as that goes. Of a camera or an address the newest frame is, \
            and those that come meanwhile are dropped; --every-frame and --no-every-frame say otherwise. An address or \
            camera that is lost is opened again.

            The exit status is 0 when a file ends, after --seconds, and after Ctrl-C; 5 when the source cannot be opened, \
            breaks off or is lost for good.

            EXAMPLES
              deepface stream 0 --db people/
              deepface stream clip.mp4 --db people/ --detector yunet --output named.mp4
              deepface stream rtsp://door.example/live --store sqlite:team.db --max-fps 10 --anti-spoofing
              deepface stream clip.mp4 --attributes age,gender --age-model ssrnet --gender-model ssrnet
              deepface stream 0 --db people/ --python-style --show
            """)

    @Argument(
        help: ArgumentHelp("A camera's number, a video file, or an address: rtsp://, http://, ….", valueName: "source"))
    var source: String

    @Option(help: ArgumentHelp("Recognise those whose photos are in this folder, as find does.", valueName: "folder"))
    var db: String?

    @Option(
        help: ArgumentHelp("Keep the folder's embeddings in this file. (default: in the folder)", valueName: "file"))
    var gallery: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var watch: WatchOptions
    @OptionGroup var models: AttributeModelOptions
    @OptionGroup var verdict: VerdictOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if db != nil, store.store != nil { throw ValidationError("people come from --db or from --store") }
        if gallery != nil, db == nil { throw ValidationError("--gallery goes with --db") }
        if let output = watch.output { try FaceOptions.refuse([output], over: source) }
    }

    func run() async throws {
        // FFmpeg's words would stand between ours, unless they are asked for.
        setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0)
        let source = VideoSource(source)
        let attributes = try models.models(watch.attributes ?? [])
        let window = watch.show ? try Window(title: "deepface \(source.name)") : nil
        defer { window?.close() }
        try source.check()
        let deepface = try shared.deepface()
        var options = try verdict.options(of: deepface, shared)
        options.enforceDetection = true
        let recognizer = try await recognizer(deepface, options)
        let pipeline = try await FramePipeline(
            deepface, options: options, embeds: recognizer != nil, attributes: attributes)
        var tracking = pipeline.trackSettings
        tracking.searchInterval = watch.searchEvery
        let watching: any FrameWatch =
            watch.pythonStyle
            ? PythonWatch(pipeline, recognizer, watch.rhythm) : TrackWatch(pipeline, recognizer, tracking)
        let (session, pretty) = (StreamSession(source, watch.settings), shared.faces.pretty)
        let task = Task {
            var watching = watching
            try await session.run(&watching, window: window) { event throws(DeepFaceError) in
                try EventPrinter(pretty: pretty).print(event)
            }
        }
        let signals = Interrupts { task.cancel() }
        defer { signals.stop() }
        _ = try await task.value
    }

    /// Who knows people: the folder, the store, or nobody.
    private func recognizer(_ deepface: DeepFace, _ options: Options) async throws -> (any FaceRecognizer)? {
        if let db {
            var progress = Progress("photos of \(db)", total: 0)
            defer { progress.clear() }
            let found = try await deepface.gallery(
                of: db, options: options, file: gallery.map { URL(fileURLWithPath: $0) }
            ) { done, total in progress.show(done, of: total) }
            progress.clear()
            found.tellChanges()
            return found
        }
        guard store.store != nil else { return nil }
        let opened = try await store.open()
        return try CollectionRecognizer(
            FaceSearcher(opened), try await store.collection(of: opened), deepface, options)
    }
}
