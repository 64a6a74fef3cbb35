import CVideo
import DeepFace
import Foundation
import Synchronization

/// A window that shows the newest picture, on a thread of its own, since windows must stay on one.
public final class Window: Sendable {
    private struct State {
        var image: Image?
        var isClosed = false
        var wantsEnd = false
        var failure: DeepFaceError?
    }

    private let state = Mutex(State())
    private let news = DispatchSemaphore(value: 0)

    /// - Throws: `engine` where there is no display, or OpenCV's library for windows is missing.
    public init(title: String) throws(DeepFaceError) {
        let environment = ProcessInfo.processInfo.environment
        guard ["DISPLAY", "WAYLAND_DISPLAY"].contains(where: { !(environment[$0] ?? "").isEmpty }) else {
            throw DeepFaceError(
                .engine, "there is no display to show a window on", advice: "leave out --show, or write a video")
        }
        try VideoLibrary.check("highgui")
        let thread = Thread { [self] in run(title) }
        thread.name = "deepface.window"
        thread.start()
    }

    /// Whether somebody pressed `q` or escape in it.
    public var wantsEnd: Bool { state.withLock { $0.wantsEnd } }

    /// Shows a picture as soon as the window can.
    public func show(_ image: Image) throws(DeepFaceError) {
        let failure = state.withLock { state in
            state.image = image
            return state.failure
        }
        if let failure { throw failure }
        news.signal()
    }

    public func close() {
        state.withLock { $0.isClosed = true }
        news.signal()
    }

    private func run(_ title: String) {
        var shown: Image?
        while !state.withLock({ $0.isClosed }) {
            // A window lives only while it is asked for keys.
            _ = news.wait(timeout: .now() + .milliseconds(30))
            shown = state.withLock { $0.image } ?? shown
            guard let image = shown else { continue }
            do throws(DeepFaceError) {
                var key: Int32 = -1
                _ = try VideoLibrary.run {
                    df_window_show(title, image.pixels, Int32(image.width), Int32(image.height), &key, $0)
                }
                if [27, 113].contains(key & 255), key >= 0 { state.withLock { $0.wantsEnd = true } }
            } catch {
                return state.withLock { $0.failure = error }
            }
        }
    }
}
