import DeepFace
import Foundation

/// How a source is read.
struct ReadingPlan: Sendable {
    /// Whether every frame waits to be looked at; otherwise only the newest does.
    var everyFrame: Bool
    /// At most so many frames a second are given on. `nil`: all.
    var maximumRate: Double?
    /// After so many seconds without an answer the network is given up.
    var timeout: Double
    /// When the source was opened first: times go on from there.
    var epoch: ContinuousClock.Instant
    /// Frames that it gave before.
    var framesBefore = 0
}

/// Reads a source on a thread of its own, since reading blocks, perhaps for ever: a reader that does not come back is
/// left alone, and ends when it does.
struct SourceReader: Sendable {
    let mailbox = FrameMailbox()

    init(_ source: VideoSource, _ plan: ReadingPlan) {
        let thread = Thread { [mailbox] in Self.read(source, plan, into: mailbox) }
        thread.name = "deepface.video"
        thread.stackSize = 1 << 22
        thread.start()
    }

    private static func read(_ source: VideoSource, _ plan: ReadingPlan, into mailbox: FrameMailbox) {
        let capture: VideoCapture
        do throws(DeepFaceError) {
            capture = try VideoCapture(source, timeout: plan.timeout)
        } catch {
            return mailbox.finish(.unopened(error))
        }
        mailbox.opened(capture.info)
        do throws(DeepFaceError) {
            mailbox.finish(try pass(capture, source, plan, into: mailbox))
        } catch {
            mailbox.finish(.failed(error))
        }
    }

    /// So many frames, one after the other, may be undecodable.
    private static let mostDamaged = 300

    /// Gives on frames until there are no more.
    private static func pass(
        _ capture: borrowing VideoCapture, _ source: VideoSource, _ plan: ReadingPlan, into mailbox: FrameMailbox
    ) throws(DeepFaceError) -> SourceEnd {
        var clock = FrameClock(source, capture.info, plan)
        var (number, damaged) = (0, 0)
        while !mailbox.isClosed {
            guard try capture.grab() else { return clock.end(capture.info, frames: number) }
            number += 1
            let arrival = ContinuousClock.now
            // What a source that does not wait is too quick with need not be decoded to pixels.
            if source.isLive, let rate = plan.maximumRate, !clock.isDue(arrival, rate) { continue }
            guard let (image, seconds) = try capture.frame() else {
                damaged += 1
                if damaged > mostDamaged { return clock.end(capture.info, frames: 0) }
                continue
            }
            damaged = 0
            let time = clock.time(of: seconds, number: number, arrival)
            if !source.isLive, let rate = plan.maximumRate, !clock.isDue(time, rate) { continue }
            if !source.isLive, !plan.everyFrame { clock.wait(until: time) }
            let frame = VideoFrame(
                image: image, number: plan.framesBefore + number, time: time,
                arrival: plan.everyFrame ? .now : arrival)
            if plan.everyFrame { mailbox.hand(frame) } else { mailbox.offer(frame) }
        }
        return .complete
    }
}

/// The times of a source's frames.
private struct FrameClock {
    private let isLive: Bool
    private let plan: ReadingPlan
    private let rate: Double
    private let start = ContinuousClock.now
    private var offset = 0.0
    private var last = -1.0
    private var due: Double?

    init(_ source: VideoSource, _ info: VideoInfo, _ plan: ReadingPlan) {
        (isLive, self.plan) = (source.isLive, plan)
        rate = info.framesPerSecond ?? 25
    }

    /// A file's own time, which only goes forward; else the time since the source was opened first.
    mutating func time(of seconds: Double, number: Int, _ arrival: ContinuousClock.Instant) -> Double {
        if isLive { return (arrival - plan.epoch) / .seconds(1) }
        let said = (0..<1e9).contains(seconds) ? seconds : Double(number - 1) / rate
        // Files that were laid one after the other begin anew.
        if said + offset <= last { offset = last + 1 / min(rate, 1000) - said }
        last = said + offset
        return last
    }

    /// Whether a frame is wanted at `rate` a second.
    mutating func isDue(_ time: Double, _ rate: Double) -> Bool {
        guard let due, time < due - 0.001 else {
            self.due = max((self.due ?? time) + 1 / rate, time)
            return true
        }
        return false
    }

    mutating func isDue(_ arrival: ContinuousClock.Instant, _ rate: Double) -> Bool {
        isDue((arrival - plan.epoch) / .seconds(1), rate)
    }

    /// Waits until a file that is played has come to `time`.
    func wait(until time: Double) {
        let left = time - (ContinuousClock.now - start) / .seconds(1)
        if left > 0 { Thread.sleep(forTimeInterval: min(left, 60)) }
    }

    /// What it means that there are no more frames. The number of frames, and the length, that a file says it has can
    /// each be wrong: it broke off where both say so.
    func end(_ info: VideoInfo, frames: Int) -> SourceEnd {
        guard let count = info.frameCount else { return isLive ? .lost : .complete }
        let length = Double(count) / rate
        if Double(frames) >= 0.95 * Double(count) { return .complete }
        if !isLive, info.framesPerSecond == nil || last >= min(0.95 * length, length - 1) { return .complete }
        return .truncated(frames: frames, of: count)
    }
}
