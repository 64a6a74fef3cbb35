import DeepFace
import Foundation
import TestSupport
import Testing
import Video

/// Video files, written and read.
@Suite(.serialized) struct VideoFileTests {
    @Test(arguments: ["mp4", "mkv", "avi"]) func whatIsWrittenIsRead(_ ending: String) async throws {
        let folder = try TemporaryFolder()
        let clip = folder.file("clip.\(ending)")
        try MadeUpVideo.write(clip, frames: 50)
        #expect(folder.names == ["clip.\(ending)"])
        let run = await SessionRun(.file(clip.path))
        #expect(run.failure == nil && run.kinds == [.opened, .ended])
        let opened = try #require(run.events.first)
        #expect(opened.width == 160 && opened.height == 120 && opened.framesPerSecond == 25)
        #expect(run.notes.map(\.number) == Array(1...50))
        for (number, note) in run.notes.enumerated() {
            #expect(abs(note.time - Double(number) / 25) < 0.002)
            #expect(abs(note.level - (16 + 4 * number)) < 6, "frame \(number)")
        }
        #expect(run.summary?.frames == 50 && run.summary?.dropped == 0)
        #expect(run.summary?.latencyP95 != nil)
    }

    @Test func aVideoHasItsNameOnlyWhenWhole() throws {
        let folder = try TemporaryFolder()
        let clip = folder.file("clip.mp4")
        try Data("before".utf8).write(to: clip)
        do {
            let writer = try VideoWriter(clip, framesPerSecond: 25, width: 160, height: 120)
            try writer.write(MadeUpVideo.frame(0))
            #expect(folder.names.count == 2 && folder.names.contains { $0.hasSuffix(".part.mp4") })
        }
        #expect(folder.names == ["clip.mp4"])
        #expect(try Data(contentsOf: clip) == Data("before".utf8), "what was not closed leaves all as it was")
        let error = #expect(throws: DeepFaceError.self) {
            _ = try VideoWriter(folder.file("no/such/clip.mp4"), framesPerSecond: 25, width: 160, height: 120)
        }
        #expect(error?.code == .unwritableOutput)
    }

    @Test func outputKeepsTheTimeOfFramesThatWereDropped() async throws {
        let folder = try TemporaryFolder()
        let (clip, output) = (folder.file("clip.mp4"), folder.file("out.mp4"))
        try MadeUpVideo.write(clip, frames: 50)
        var settings = StreamSettings()
        settings.maximumRate = 5
        settings.output = output
        let thin = await SessionRun(.file(clip.path), settings)
        #expect(thin.failure == nil && (10...11).contains(thin.notes.count), "\(thin.notes.count)")
        settings.maximumRate = nil
        settings.everyFrame = false
        // Each frame takes longer than a frame lasts, and the file is played at its own speed.
        let played = await SessionRun(.file(clip.path), settings, pause: .milliseconds(100))
        let summary = try #require(played.summary)
        #expect(summary.dropped > 10 && summary.frames < 40 && summary.frames + summary.dropped == 50)
        // From the first frame that was looked at to the last; a frame is held until the next, however late that is.
        let (first, last) = (try #require(played.notes.first?.number), try #require(played.notes.last?.number))
        let again = await SessionRun(.file(output.path))
        #expect(abs(again.notes.count - (last - first + 1)) <= 4, "\(again.notes.count) frames of \(first) to \(last)")
        #expect(zip(again.notes, again.notes.dropFirst()).allSatisfy { $1.level >= $0.level - 6 })
    }

    @Test func filesThatBreakOff() async throws {
        let folder = try TemporaryFolder()
        let clip = folder.file("clip.avi")
        try MadeUpVideo.write(clip, frames: 50)
        let bytes = try Data(contentsOf: clip)
        try bytes.prefix(bytes.count / 2).write(to: clip)
        let run = await SessionRun(.file(clip.path))
        #expect(run.failure?.code == .unreadableInput && run.kinds == [.opened, .lost, .ended])
        #expect((10..<45).contains(run.notes.count))
        #expect(run.events[1].reason?.contains("of 50 frames") == true, "\(run.events[1].reason ?? "")")
        // Its index is at its end: nothing can be made of the rest.
        let other = folder.file("clip.mp4")
        try MadeUpVideo.write(other, frames: 50)
        try Data(contentsOf: other).prefix(4000).write(to: other)
        let none = await SessionRun(.file(other.path))
        #expect(none.failure?.code == .unreadableInput && none.events.isEmpty)
    }

    @Test func whatIsNotThere() async throws {
        let folder = try TemporaryFolder()
        try Data("no video".utf8).write(to: folder.file("notes.txt"))
        let cases: [(VideoSource, String)] = [
            (VideoSource.file("/no/such.mp4"), "no such file"),
            (.file(folder.file("notes.txt").path), "cannot be opened"),
            (.file(folder.url.path), "cannot be opened"), (.camera(77), "cannot be opened"),
            (.address("http://127.0.0.1:9/none.ts"), "cannot be opened"),
        ]
        for (source, words) in cases {
            let run = await SessionRun(source)
            #expect(run.failure?.code == .unreadableInput && run.events.isEmpty, "\(source)")
            #expect(run.failure?.message.contains(words) == true && run.failure?.input == source.name)
        }
        let missing = #expect(throws: DeepFaceError.self) { try VideoLibrary.check("nosuchroom") }
        #expect(missing?.advice?.contains("libopencv-nosuchroom-dev") == true)
    }

    @Test func framesOfAnotherSize() async throws {
        let folder = try TemporaryFolder()
        let (small, large) = (folder.file("small.ts"), folder.file("large.ts"))
        try MadeUpVideo.write(small, frames: 25)
        try MadeUpVideo.write(large, frames: 25, width: 320, height: 240)
        let both = folder.file("both.ts")
        try (Data(contentsOf: small) + Data(contentsOf: large)).write(to: both)
        var settings = StreamSettings()
        settings.output = folder.file("out.mp4")
        let run = await SessionRun(.file(both.path), settings)
        // OpenCV brings what comes later to the first frames' size.
        #expect(run.failure == nil && run.kinds == [.opened, .ended])
        #expect(run.notes.map(\.width) == Array(repeating: 160, count: 50))
        #expect(zip(run.notes, run.notes.dropFirst()).allSatisfy { $0.time < $1.time }, "time goes on")
    }

    @Test func itEndsWhenItShould() async throws {
        let folder = try TemporaryFolder()
        let clip = folder.file("clip.mp4")
        try MadeUpVideo.write(clip, frames: 50)
        var settings = StreamSettings()
        settings.seconds = 1
        let short = await SessionRun(.file(clip.path), settings)
        #expect(short.failure == nil && short.notes.count == 25 && short.kinds.last == .ended)
        let task = Task { await SessionRun(.file(clip.path), StreamSettings(), pause: .milliseconds(200)) }
        try await Task.sleep(for: .milliseconds(500))
        task.cancel()
        let cancelled = await task.value
        #expect(cancelled.failure == nil && cancelled.kinds.last == .ended && cancelled.notes.count < 50)
        settings.maximumRate = 0
        let refused = await SessionRun(.file(clip.path), settings)
        #expect(refused.failure?.code == .invalidOption)
    }

    @Test func namesOfSources() {
        #expect(VideoSource("0") == .camera(0) && VideoSource("/dev/video2") == .camera(2))
        #expect(VideoSource("clip.mp4") == .file("clip.mp4") && VideoSource("-1") == .file("-1"))
        #expect(VideoSource("file:///a/b.mp4") == .file("/a/b.mp4"))
        let door = VideoSource("rtsp://me:secret@door/live")
        #expect(door == .address("rtsp://me:secret@door/live") && !door.name.contains("secret"))
        #expect(door.isLive && VideoSource("0").isLive && !VideoSource("a.mp4").isLive)
    }

    @Test func latenciesAreCounted() throws {
        var latencies = Latencies()
        #expect(latencies.quantile(0.5) == nil)
        for value in 1...1000 { latencies.add(milliseconds: Double(value)) }
        #expect(abs(try #require(latencies.quantile(0.5)) / 500 - 1) < 0.03)
        #expect(abs(try #require(latencies.quantile(0.95)) / 950 - 1) < 0.03)
    }
}
