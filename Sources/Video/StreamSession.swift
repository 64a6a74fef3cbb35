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
