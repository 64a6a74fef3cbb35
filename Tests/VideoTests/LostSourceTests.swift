import DeepFace
import Foundation
import Testing
import Video

/// Streams over the network that stop, break off and come back.
@Suite(.serialized) struct LostSourceTests {
    /// 100 frames, as a camera of the network sends them.
    private static func clip(width: Int = 160, height: Int = 120) throws -> Data {
        var data = Data()
        for number in 0..<100 {
            let picture = try MadeUpVideo.frame(number, width: width, height: height).jpeg()
            let head = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(picture.count)\r\n\r\n"
            data += Data(head.utf8) + picture + Data("\r\n".utf8)
        }
        return data
    }

    private static var settings: StreamSettings {
        var settings = StreamSettings()
        (settings.firstDelay, settings.stall, settings.timeout, settings.reconnect) = (0.1, 1, 2, 20)
        return settings
    }

    @Test func aStreamThatDropsIsOpenedAgain() async throws {
        let (clip, large) = (try Self.clip(), try Self.clip(width: 320, height: 240))
        let server = try VideoServer { number in
            // The second attempt gets nothing, and after that frames are larger.
            let video = [clip, Data()]
            return .video(number < 2 ? video[number] : large, bytesPerSecond: clip.count, staysOpen: number > 1)
        }
        defer { server.stop() }
        var settings = Self.settings
        (settings.seconds, settings.stall, settings.timeout) = (60, 40, 20)
        let run = await SessionRun(.address(server.address), settings, until: .resized)
        #expect(run.failure == nil, "\(run.failure.map(String.init(describing:)) ?? "")")
        #expect(run.kinds == [.opened, .lost, .reconnected, .resized, .ended], "\(run.kinds)")
        #expect(run.events.first { $0.kind == .resized }?.width == 320)
        #expect(run.summary?.reconnects == 1 && server.connections == 3)
        let numbers = run.notes.map(\.number)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 } && numbers.count >= 2, "\(numbers)")
        #expect(run.notes.last?.width == 320 && run.notes.dropLast().allSatisfy { $0.width == 160 })
        #expect(run.events.allSatisfy { $0.date != nil })
    }

    @Test func aStreamThatFallsSilentIsOpenedAgain() async throws {
        let clip = try Self.clip()
        let server = try VideoServer { _ in .video(clip, bytesPerSecond: 2 * clip.count, staysOpen: true) }
        defer { server.stop() }
        var settings = Self.settings
        (settings.seconds, settings.timeout) = (60, 40)
        let run = await SessionRun(.address(server.address), settings, until: .reconnected)
        #expect(run.failure == nil)
        #expect(run.kinds.starts(with: [.opened, .stalled, .lost, .reconnected]), "\(run.kinds)")
    }

    @Test func aStreamThatIsLostForGood() async throws {
        let clip = try Self.clip()
        let server = try VideoServer { number in
            number == 0 ? .video(clip, bytesPerSecond: 4 * clip.count) : .video(Data(), bytesPerSecond: 1)
        }
        defer { server.stop() }
        var settings = Self.settings
        settings.reconnect = 1
        let run = await SessionRun(.address(server.address), settings)
        #expect(run.failure?.code == .unreadableInput && run.failure?.input == server.address)
        #expect(run.kinds == [.opened, .lost, .lost, .ended], "\(run.kinds)")
        settings.reconnect = 0
        let none = try VideoServer { _ in .video(clip, bytesPerSecond: 4 * clip.count) }
        defer { none.stop() }
        let once = await SessionRun(.address(none.address), settings)
        #expect(once.failure?.code == .unreadableInput && once.kinds == [.opened, .lost, .ended])
        #expect(once.events[1].seconds == nil)
    }

    @Test func aServerThatNeverAnswers() async throws {
        let server = try VideoServer { _ in .silence }
        defer { server.stop() }
        var settings = Self.settings
        (settings.timeout, settings.stall) = (1, 60)
        let run = await SessionRun(.address(server.address), settings)
        #expect(run.failure?.code == .unreadableInput && run.events.isEmpty, "\(run.kinds)")
    }

    @Test func delaysGrow() {
        var backoff = Backoff(first: 1)
        #expect((0..<7).map { _ in backoff.next() } == [1, 2, 4, 8, 16, 30, 30])
        backoff.reset()
        #expect(backoff.next() == 1)
    }

    @Test func slowLookersMissFramesAndNothingPilesUp() async throws {
        let clip = try Self.clip()
        let server = try VideoServer { _ in .video(clip, bytesPerSecond: clip.count / 4, staysOpen: true) }
        defer { server.stop() }
        var settings = Self.settings
        settings.seconds = 8
        settings.stall = 10
        let run = await SessionRun(.address(server.address), settings, pause: .milliseconds(300))
        let summary = try #require(run.summary)
        // Eight seconds have room for 27 looks.
        #expect(summary.frames >= 1 && summary.frames <= 28 && summary.dropped > 0, "\(summary)")
    }
}
