import DeepFace
import Foundation
import Synchronization

import Video

/// Clips whose frames say which they are, and what reads them.
enum MadeUpVideo {
    /// A frame of one grey, which codecs keep well enough.
    static func frame(_ number: Int, width: Int = 160, height: Int = 120) -> Image {
        let level = UInt8(min(255, 16 + 4 * (number % 50)))
        return Image(width: width, height: height, bgr: [UInt8](repeating: level, count: 3 * width * height))
    }

    /// Writes a clip of `count` frames, 25 a second.
    static func write(_ url: URL, frames count: Int, width: Int = 160, height: Int = 120) throws {
        let writer = try VideoWriter(url, framesPerSecond: 25, width: width, height: height)
        for number in 0..<count { try writer.write(frame(number, width: width, height: height)) }
        try writer.close()
    }
}

/// Notes the frames it is shown, and takes its time over them.
struct NotingWatch: FrameWatch {
    final class Notes: Sendable {
        struct Note: Sendable {
            let number, width: Int
            let time: Double
            let level: Int
        }

        private let list = Mutex<[Note]>([])
        var all: [Note] { list.withLock { $0 } }
        func add(_ note: Note) { list.withLock { $0.append(note) } }
    }

    let notes = Notes()
    var pause: Duration?
    var embeddings: Int { 0 }
    var tracks: Int { 0 }

    mutating func look(at frame: VideoFrame) async throws(DeepFaceError) -> [StreamEvent] {
        if let pause { try? await Task.sleep(for: pause) }
        let middle = frame.image.pixels[frame.image.pixels.count / 2]
        notes.add(Notes.Note(number: frame.number, width: frame.image.width, time: frame.time, level: Int(middle)))
        return []
    }

    func picture(of frame: VideoFrame) throws(DeepFaceError) -> Image { frame.image }
    mutating func finish(at time: Double) -> [StreamEvent] { [] }
}

/// Runs a session to its end.
struct SessionRun {
    var events: [StreamEvent] = []
    var notes: [NotingWatch.Notes.Note] = []
    var failure: DeepFaceError?
    var kinds: [StreamEvent.Kind] { events.map(\.kind) }
    var summary: StreamSummary? { events.last?.summary }

    /// - Parameter last: the session is cancelled at the first event of this kind.
    init(
        _ source: VideoSource, _ settings: StreamSettings = StreamSettings(), pause: Duration? = nil,
        until last: StreamEvent.Kind? = nil
    ) async {
        let watch = NotingWatch(pause: pause)
        await self.init(source, settings, watch, until: last)
        notes = watch.notes.all
    }

    init(
        _ source: VideoSource, _ settings: StreamSettings, _ watch: any FrameWatch, until last: StreamEvent.Kind? = nil
    ) async {
        let heard = Heard()
        let task = Task { () -> DeepFaceError? in
            var watch = watch
            do throws(DeepFaceError) {
                try await StreamSession(source, settings).run(&watch) { event throws(DeepFaceError) in
                    heard.add(event)
                    if event.kind == last { withUnsafeCurrentTask { $0?.cancel() } }
                }
                return nil
            } catch {
                return error
            }
        }
        failure = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        events = heard.all
    }
}

/// Events, in the order they came in.
final class Heard: Sendable {
    private let list = Mutex<[StreamEvent]>([])
    var all: [StreamEvent] { list.withLock { $0 } }
    func add(_ event: StreamEvent) { list.withLock { $0.append(event) } }
}
