import DeepFace
import Foundation

/// How a video is gone through.
public struct StreamSettings: Sendable {
    /// Whether every frame is looked at, however long that takes; otherwise frames are dropped that come while another
    /// is looked at, and a file is played at its own speed. Default: `nil`, every frame of files, for nobody waits for
    /// them, and the newest of all else.
    public var everyFrame: Bool?
    /// At most so many frames a second are looked at. Default: `nil`, all.
    public var maximumRate: Double?
    /// The stream ends after so many seconds: of a file's own time, else of ours. Default: `nil`, with its source.
    public var seconds: Double?
    /// A live source that was lost is tried again for so many seconds. Default: 60; 0: not at all.
    public var reconnect = 60.0
    /// Seconds before the first attempt; twice as many before the next, up to 30. Default: 1.
    public var firstDelay = 1.0
    /// So many seconds without a frame are a stall, after which a live source is opened again. Default: 10.
    public var stall = 10.0
    /// After so many seconds without an answer the network is given up. Default: 8.
    public var timeout = 8.0
    /// Where a video with what was found drawn on is written. Default: `nil`, nowhere.
    public var output: URL?

    public init() {}

    func check() throws(DeepFaceError) {
        for (value, least, name) in [
            (maximumRate, 0.01, "frames a second"), (seconds, 0, "seconds"), (reconnect, 0, "seconds of reconnecting"),
        ] {
            if let value, !value.isFinite || value < least || value > 1e9 {
                throw DeepFaceError(.invalidOption, "\(value) is no number of \(name)")
            }
        }
    }
}

/// A video from its first frame to its last.
public struct StreamSession: Sendable {
    public let source: VideoSource
    public let settings: StreamSettings

    public init(_ source: VideoSource, _ settings: StreamSettings = StreamSettings()) {
        (self.source, self.settings) = (source, settings)
    }

    /// Looks at the video until it ends, its time is over, somebody closes the window, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - watch: looks at the frames.
    ///   - window: where frames are shown.
    ///   - hear: gets each event as soon as there is one; the last is `ended`.
    /// - Returns: what `ended` said.
    /// - Throws: `unreadableInput` when the source is not there, breaks off, or is lost for good; `unwritableOutput`,
    ///   `engine`, and what `watch` and `hear` throw; each after `ended`, if anything was opened.
    @discardableResult public func run(
        _ watch: inout any FrameWatch, window: Window? = nil,
        hear: @escaping @Sendable (StreamEvent) throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) -> StreamSummary {
        try settings.check()
        var run = StreamRun(source, settings, window, hear)
        var failure: DeepFaceError?
        do throws(DeepFaceError) {
            try await run.go(&watch)
        } catch {
            // A task that was cancelled has all that it wanted.
            if error.code != .cancelled { failure = error }
        }
        do throws(DeepFaceError) {
            try run.finish(&watch)
        } catch {
            failure = failure ?? error
        }
        if let failure { throw failure }
        return run.summary
    }
}

/// A stream on its way.
private struct StreamRun {
    private let source: VideoSource
    private let settings: StreamSettings
    private let window: Window?
    private let hear: @Sendable (StreamEvent) throws(DeepFaceError) -> Void
    private(set) var summary = StreamSummary()

    private let epoch = ContinuousClock.now
    private var info: VideoInfo?
    private var lostSince: ContinuousClock.Instant?
    private var isStalled = false
    private var backoff: Backoff
    private var heardOf = ContinuousClock.now
    private var latencies = Latencies()
    private var (first, last): (ContinuousClock.Instant?, ContinuousClock.Instant?) = (nil, nil)
    private var size: (width: Int, height: Int)?
    private var time = 0.0
    private var number = 0
    private var output: PacedWriter?

    init(
        _ source: VideoSource, _ settings: StreamSettings, _ window: Window?,
        _ hear: @escaping @Sendable (StreamEvent) throws(DeepFaceError) -> Void
    ) {
        (self.source, self.settings, self.window, self.hear) = (source, settings, window, hear)
        backoff = Backoff(first: settings.firstDelay)
    }

    mutating func go(_ watch: inout any FrameWatch) async throws(DeepFaceError) {
        var reader = open()
        defer {
            reader.mailbox.close()
            summary.dropped += reader.mailbox.dropped
        }
        while !isOver {
            var reason: String?
            switch await reader.mailbox.next() {
            case .opened(let info): try opened(info)
            case .frame(let frame):
                if let limit = settings.seconds, !source.isLive, frame.time >= limit { return }
                try await look(at: frame, &watch)
            case .nothing: reason = try silence()
            case .finished(.complete): return
            case .finished(.unopened(let error)):
                guard info != nil else { throw error }
                reason = error.message
            case .finished(.failed(let error)): reason = error.message
            case .finished(.lost): reason = "the source has ended"
            case .finished(.truncated(let frames, let count)):
                reason = "it breaks off after \(frames) of \(count) frames"
            }
            if let reason {
                reader.mailbox.close()
                try await pause(after: reason)
                summary.dropped += reader.mailbox.dropped
                reader = open()
            }
        }
    }

    private var isOver: Bool {
        if Task.isCancelled || window?.wantsEnd == true { return true }
        guard let limit = settings.seconds, source.isLive else { return false }
        return (.now - epoch) / .seconds(1) >= limit
    }

    private func open() -> SourceReader {
        SourceReader(
            source,
            ReadingPlan(
                everyFrame: settings.everyFrame ?? !source.isLive, maximumRate: settings.maximumRate,
                timeout: settings.timeout, epoch: epoch, framesBefore: number))
    }

    private func say(_ event: StreamEvent) throws(DeepFaceError) {
        var event = event
        if source.isLive { event.date = Date() }
        try hear(event)
    }

    private mutating func opened(_ info: VideoInfo) throws(DeepFaceError) {
        heardOf = .now
        defer { self.info = info }
        guard self.info == nil else { return }
        var event = StreamEvent(.opened, at: now)
        event.source = source.name
        if info.width > 0, info.height > 0 { (event.width, event.height) = (info.width, info.height) }
        event.framesPerSecond = info.framesPerSecond
        try say(event)
    }

    /// The stream's time.
    private var now: Double { source.isLive ? (.now - epoch) / .seconds(1) : time }

    private mutating func look(at frame: VideoFrame, _ watch: inout any FrameWatch) async throws(DeepFaceError) {
        (heardOf, isStalled) = (.now, false)
        (time, number) = (frame.time, frame.number)
        first = first ?? frame.arrival
        if lostSince != nil {
            lostSince = nil
            backoff.reset()
            summary.reconnects += 1
            try say(StreamEvent(.reconnected, at: time))
        }
        if let size, size != (frame.image.width, frame.image.height) {
            var event = StreamEvent(.resized, at: time)
            (event.width, event.height) = (frame.image.width, frame.image.height)
            try say(event)
        }
        size = (frame.image.width, frame.image.height)
        for event in try await watch.look(at: frame) {
            if event.kind == .recognised, let person = event.person, !summary.people.contains(person) {
                summary.people.append(person)
            }
            try say(event)
        }
        summary.frames += 1
        let done = ContinuousClock.now
        last = done
        latencies.add(milliseconds: (done - frame.arrival) / .milliseconds(1))
        guard settings.output != nil || window != nil else { return }
        let picture = try watch.picture(of: frame)
        try window?.show(picture)
        try write(picture, at: frame.time)
    }

    private mutating func write(_ picture: Image, at time: Double) throws(DeepFaceError) {
        guard let url = settings.output else { return }
        if output == nil {
            var rate = info?.framesPerSecond ?? 25
            if !(1...240).contains(rate) { rate = 25 }
            rate = max(1, min(rate, settings.maximumRate ?? rate))
            let writer = try VideoWriter(
                url, framesPerSecond: rate, width: picture.width, height: picture.height)
            output = PacedWriter(writer, rate: rate)
        }
        try output?.write(picture, at: time)
    }

    /// Notices a stall.
    ///
    /// - Returns: why the source should be opened again, if it should.
    private mutating func silence() throws(DeepFaceError) -> String? {
        let silent = (.now - heardOf) / .seconds(1)
        guard silent > settings.stall, info != nil || silent > settings.stall + settings.timeout else { return nil }
        if !isStalled {
            isStalled = true
            var event = StreamEvent(.stalled, at: now)
            event.seconds = silent
            try say(event)
        }
        return "no frame came for \(Int(silent.rounded())) s"
    }

    /// Waits before the source is opened again.
    ///
    /// - Throws: `unreadableInput` when that is over, or not to be.
    private mutating func pause(after reason: String) async throws(DeepFaceError) {
        guard info != nil else {
            throw DeepFaceError(
                .unreadableInput, "the video cannot be opened: \(reason)", input: source.name,
                advice: "check the source, and whether something answers there")
        }
        let isFirst = lostSince == nil
        let since = lostSince ?? .now
        lostSince = since
        heardOf = .now
        let goesOn = source.isLive && (.now - since) / .seconds(1) < settings.reconnect
        let delay = backoff.next()
        if isFirst || !goesOn {
            var event = StreamEvent(.lost, at: now)
            event.reason = reason
            if goesOn { event.seconds = delay }
            try say(event)
        }
        guard goesOn else {
            throw DeepFaceError(
                .unreadableInput, "the video was lost: \(reason)", input: source.name,
                advice: source.isLive
                    ? "check the source; --reconnect says how long it is tried again" : "check that it is whole")
        }
        let until = ContinuousClock.now + .seconds(delay)
        while .now < until, !isOver { try? await Task.sleep(for: .milliseconds(50)) }
    }

    mutating func finish(_ watch: inout any FrameWatch) throws(DeepFaceError) {
        guard info != nil else { return }
        for event in watch.finish(at: time) { try say(event) }
        try output?.writer.close()
        (summary.embeddings, summary.tracks) = (watch.embeddings, watch.tracks)
        func rounded(_ value: Double) -> Double { (10 * value).rounded() / 10 }
        if let first, let last {
            summary.fps = rounded(Double(summary.frames) / max(1e-6, (last - first) / .seconds(1)))
        }
        summary.latencyP50 = latencies.quantile(0.5).map(rounded)
        summary.latencyP95 = latencies.quantile(0.95).map(rounded)
        summary.people.sort()
        var event = StreamEvent(.ended, at: now)
        event.summary = summary
        try say(event)
    }
}
