import DeepFace
import FaceStores
import Foundation
import HummingbirdCore

/// What a stream of frames is looked through for, and the faces that are followed in it.
actor StreamSession {
    private let backend: Backend
    private let options: Options
    /// Whose people are named; `nil`: nobody is.
    private let people: CollectionRecognizer?
    private var pipeline: FramePipeline?
    private var tracker = FaceTracker()
    private var cut = SceneCut()
    private let start = ContinuousClock.now

    /// - Throws: what is wrong with the address.
    init(_ uri: URI, _ backend: Backend) async throws {
        let value: @Sendable (String) -> String? = { uri.queryParameters[$0[...]].map(String.init) }
        self.backend = backend
        var form = Form()
        for name in ["detector", "anti_spoofing", "min_quality"] { form.fields[name] = value(name).map { .text($0) } }
        var options = backend.deepface.options
        if let name = value("collection") {
            guard let searcher = backend.searcher, let found = try await searcher.store.collection(named: name) else {
                throw Problem.notFound("no collection is called so (\(name))")
            }
            // Embeddings must be those of the collection, its detector included.
            options = try Options(found.recipe)
            people = try CollectionRecognizer(searcher, found, backend.deepface, options)
        } else {
            people = nil
            if let detector = try form.text("detector") {
                options.detector = try DetectorRegistry.detector(named: detector)
            }
        }
        options.antiSpoofing = try form.bool("anti_spoofing") ?? false
        options.maximumFaces = backend.settings.limits.faces
        options.minimumQuality = try form.number("min_quality", in: 0...1) ?? 0
        self.options = options
    }

    /// What a frame shows, as JSON.
    func reply(to frame: Data) async -> Data {
        let start = ContinuousClock.now
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var reply = try await backend.work { try await look(at: frame) }
            reply.milliseconds = (10 * ((ContinuousClock.now - start) / .milliseconds(1))).rounded() / 10
            return try encoder.encode(reply)
        } catch {
            let problem: Problem
            switch error {
            case let error as Problem: problem = error
            case let error as DeepFaceError: problem = Problem(error)
            default:
                backend.logger.error("\(type(of: error)): \(error)")
                problem = Problem(.internalServerError, "internal_error", "the server failed; its log tells why")
            }
            let document = ["problem": ProblemDocument(problem, RequestID.choose(nil))]
            return (try? encoder.encode(document)) ?? Data()
        }
    }

    private func look(at frame: Data) async throws -> FrameReply {
        let photo = try await backend.deepface.photo(.data(frame, name: "frame"))
        let pipeline = try await loaded()
        let time = (ContinuousClock.now - start) / .seconds(1)
        // What a frame that fails has changed is forgotten.
        var tracker = tracker
        if cut.sees(photo) { tracker.cut() }
        _ = tracker.update(try await pipeline.faces(in: photo), at: time)
        if let people { _ = try await tracker.lookCloser(at: photo, time: time, with: pipeline, people) }
        self.tracker = tracker
        let tracks = tracker.tracks.filter(\.isSeen)
        // Of each frame anew: a photo that is held up instead of a face is told at once.
        let live = try await pipeline.liveness(of: tracks.map(\.face), in: photo)
        let qualities = try await pipeline.qualities(of: tracks.map(\.face), in: photo)
        let faces = tracks.indices.map { index in
            var face = FrameReply.Face(tracks[index], in: photo)
            if index < live.count { face.note(live[index]) }
            if let quality = qualities[index] { face.note(quality, bar: options.minimumQuality) }
            return face
        }
        return FrameReply(width: photo.width, height: photo.height, faces: faces)
    }

    /// What finds and embeds faces; what it lacks is told with the first frame.
    private func loaded() async throws(DeepFaceError) -> FramePipeline {
        if let pipeline { return pipeline }
        let made = try await FramePipeline(backend.deepface, options: options, embeds: people != nil)
        var settings = made.trackSettings
        // Every face is told as soon as it is found, and asked at once who it is.
        (settings.sureScore, settings.frames, settings.wait, settings.leastSide) = (0, 1, 0, 0)
        settings.mostAtOnce = options.maximumFaces ?? .max
        // A client sends as few frames as it likes, and somebody else may sit down between two.
        settings.namedAge = 1
        tracker = FaceTracker(settings)
        pipeline = made
        return made
    }
}
