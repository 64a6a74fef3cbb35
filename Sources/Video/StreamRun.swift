import DeepFace
import Foundation

/// A stream on its way.
struct StreamRun {
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
        return (ContinuousClock.now - epoch) / .seconds(1) >= limit
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
    private var now: Double { source.isLive ? (ContinuousClock.now - epoch) / .seconds(1) : time }

    private mutating func look(at frame: VideoFrame, _ watch: inout any FrameWatch) async throws(DeepFaceError) {
        (heardOf, isStalled) = (.now, false)
        (time, number) = (frame.time, frame.number)
        first = first ?? frame.arrival
        if lostSince != nil {
            lostSince = nil
            backoff.reset()
            summary.reconnects += 1
            output?.leaveOut()
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
        let silent = (ContinuousClock.now - heardOf) / .seconds(1)
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
        let since = lostSince ?? ContinuousClock.now
        lostSince = since
        heardOf = .now
        let goesOn = source.isLive && (ContinuousClock.now - since) / .seconds(1) < settings.reconnect
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
        while ContinuousClock.now < until, !isOver { try? await Task.sleep(for: .milliseconds(50)) }
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
