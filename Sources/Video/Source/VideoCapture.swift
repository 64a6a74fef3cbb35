import CVideo
import DeepFace
import Foundation

/// An open source. Blocks; for one thread at a time.
struct VideoCapture: ~Copyable {
    private let handle: OpaquePointer
    let info: VideoInfo
    private let name: String

    /// - Parameter timeout: after so many seconds without an answer the network is given up.
    /// - Throws: `unreadableInput`, `engine`.
    init(_ source: VideoSource, timeout: Double) throws(DeepFaceError) {
        try VideoLibrary.check()
        let name = source.name
        let opened: (value: OpaquePointer?, message: String)
        var advice = "check that it is a video and not damaged"
        switch source {
        case .camera(let number):
            advice = "see which there are: ls /dev/video*"
            opened = VideoLibrary.call { df_capture_camera(Int32(clamping: number), $0) }
        case .file(let path):
            guard FileManager.default.fileExists(atPath: path) else {
                throw DeepFaceError(.unreadableInput, "there is no such file", input: name)
            }
            opened = VideoLibrary.call { df_capture_open(path, 0, $0) }
        case .address(let address):
            advice = "check the address, and whether something answers there"
            opened = VideoLibrary.call { df_capture_open(address, Int32(max(1, timeout * 1000)), $0) }
        }
        guard let handle = opened.value else {
            let words = opened.message.isEmpty ? "" : ": \(opened.message)"
            throw DeepFaceError(
                .unreadableInput, "the video cannot be opened\(words)", input: name, advice: advice)
        }
        var said = df_capture_properties()
        _ = VideoLibrary.call { df_capture_describe(handle, &said, $0) }
        (self.handle, self.name) = (handle, name)
        info = VideoInfo(
            width: Self.whole(said.width) ?? 0, height: Self.whole(said.height) ?? 0,
            framesPerSecond: (0.1...1000).contains(said.frames_per_second) ? said.frames_per_second : nil,
            frameCount: Self.whole(said.frame_count))
    }

    deinit { df_capture_close(handle) }

    /// Goes to the next frame.
    ///
    /// - Returns: whether there is one.
    func grab() throws(DeepFaceError) -> Bool { try VideoLibrary.run { df_capture_grab(handle, $0) } == 1 }

    /// The frame, and its time in the source in seconds; `nil` where it cannot be decoded.
    func frame() throws(DeepFaceError) -> (image: Image, seconds: Double)? {
        var frame = df_frame()
        guard try VideoLibrary.run({ df_capture_frame(handle, &frame, $0) }) == 1, let pixels = frame.bgr else {
            return nil
        }
        let (width, height) = (Int(frame.width), Int(frame.height))
        let bytes = UnsafeBufferPointer(start: pixels, count: width * height * 3)
        return (Image(width: width, height: height, bgr: Array(bytes)), frame.milliseconds / 1000)
    }

    /// What is said to be a number of something.
    private static func whole(_ value: Double) -> Int? { (1...1e9).contains(value) ? Int(value) : nil }
}
