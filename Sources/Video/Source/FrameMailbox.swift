import Dispatch
import Synchronization

/// Where a thread that reads leaves frames for a task that looks at them: one place, and no line.
final class FrameMailbox: Sendable {
    /// What the task finds.
    enum Arrival: Sendable {
        case opened(VideoInfo)
        case frame(VideoFrame)
        /// Nothing for some time.
        case nothing
        /// There will be no more.
        case finished(SourceEnd)
    }

    private struct State {
        var opened: VideoInfo?
        var frame: VideoFrame?
        var end: SourceEnd?
        var isClosed = false
        var waiter: CheckedContinuation<Arrival, Never>?
        var dropped = 0

        /// What there is to take.
        mutating func take() -> Arrival? {
            if let info = opened {
                opened = nil
                return .opened(info)
            }
            if let next = frame {
                frame = nil
                return .frame(next)
            }
            return end.map { .finished($0) }
        }
    }

    private let state = Mutex(State())
    /// Says that the place may be free.
    private let room = DispatchSemaphore(value: 0)
    /// Safe: Dispatch's own objects may be used from any thread.
    nonisolated(unsafe) private let timer: any DispatchSourceTimer
    /// How long the task waits for nothing, in milliseconds.
    private static let patience = 100

    init() {
        timer = DispatchSource.makeTimerSource()
        timer.schedule(
            deadline: .now() + .milliseconds(Self.patience), repeating: .milliseconds(Self.patience),
            leeway: .milliseconds(20))
        timer.setEventHandler { [weak self] in self?.wake() }
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Frames that newer ones took the place of.
    var dropped: Int { state.withLock { $0.dropped } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func opened(_ info: VideoInfo) { change { $0.opened = info } }

    /// Leaves a frame in place of one that was not taken.
    func offer(_ frame: VideoFrame) {
        change { state in
            if state.frame != nil { state.dropped += 1 }
            state.frame = frame
        }
    }

    /// Leaves a frame as soon as the one before was taken. Blocks until then.
    func hand(_ frame: VideoFrame) {
        while true {
            let isDone = state.withLock { state in
                guard state.frame == nil || state.isClosed else { return false }
                if !state.isClosed { state.frame = frame }
                return true
            }
            if isDone { break }
            _ = room.wait(timeout: .now() + .milliseconds(Self.patience))
        }
        change { _ in }
    }

    func finish(_ end: SourceEnd) { change { $0.end = $0.end ?? end } }

    /// Has the reader stop, and forgets what it leaves.
    func close() {
        change { state in
            state.isClosed = true
            (state.frame, state.opened) = (nil, nil)
        }
        timer.cancel()
        room.signal()
    }

    /// The next arrival. For one task.
    func next() async -> Arrival {
        let arrival = await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Arrival? in
                let ready: Arrival? = state.isClosed ? Arrival.nothing : state.take()
                if ready == nil { state.waiter = continuation }
                return ready
            }
            if let ready { continuation.resume(returning: ready) }
        }
        if case .frame = arrival { room.signal() }
        return arrival
    }

    /// Changes the state, and hands what there is then to who waits for it.
    private func change(_ body: (inout State) -> Void) {
        let handed = state.withLock { state -> (CheckedContinuation<Arrival, Never>, Arrival)? in
            body(&state)
            let arrival: Arrival? = state.waiter == nil ? nil : state.isClosed ? Arrival.nothing : state.take()
            guard let waiter = state.waiter, let arrival else { return nil }
            state.waiter = nil
            return (waiter, arrival)
        }
        if let (waiter, arrival) = handed { waiter.resume(returning: arrival) }
    }

    private func wake() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: .nothing)
    }
}
