import CVideo
import DeepFace
import Foundation

/// A video file that is written frame by frame. It has its name only when it is whole: until then it is beside it, with
/// `.part` in its name. For one task at a time.
public final class VideoWriter {
    public let width, height: Int
    private let url, part: URL
    private var handle: OpaquePointer?

    /// - Parameter url: the ending says which container; `.avi` holds Motion JPEG, others MPEG-4.
    /// - Throws: `unwritableOutput`, `engine` where OpenCV's library is missing.
    public init(_ url: URL, framesPerSecond: Double, width: Int, height: Int) throws(DeepFaceError) {
        try VideoLibrary.check()
        let url = url.resolvingSymlinksInPath()
        let ending = url.pathExtension
        let process = ProcessInfo.processInfo.processIdentifier
        part = url.deletingPathExtension().appendingPathExtension("\(process).part.\(ending)")
        (self.url, self.width, self.height) = (url, width, height)
        let codec: [CChar] = (ending.lowercased() == "avi" ? "MJPG" : "mp4v").utf8.map { CChar($0) }
        let path = part.path
        let opened = VideoLibrary.call {
            df_video_writer_open(path, codec, framesPerSecond, Int32(width), Int32(height), $0)
        }
        guard let handle = opened.value else {
            try? FileManager.default.removeItem(at: part)
            throw DeepFaceError(
                .unwritableOutput, "the video cannot be written", input: url.path,
                advice: "check the folder, and that the name ends in .mp4, .mkv or .avi")
        }
        self.handle = handle
    }

    deinit {
        guard let handle else { return }
        _ = VideoLibrary.call { df_video_writer_close(handle, $0) }
        try? FileManager.default.removeItem(at: part)
    }

    /// Adds a frame; one of another size is scaled.
    public func write(_ image: Image) throws(DeepFaceError) {
        guard let handle else { return }
        let fitting =
            image.width == width && image.height == height ? image : try image.resized(width: width, height: height)
        _ = try VideoLibrary.run { df_video_writer_write(handle, fitting.pixels, $0) }
    }

    /// Ends the file and gives it its name.
    ///
    /// - Throws: `unwritableOutput`.
    public func close() throws(DeepFaceError) {
        guard let handle else { return }
        self.handle = nil
        _ = try VideoLibrary.run { df_video_writer_close(handle, $0) }
        // OpenCV does not say when the disk was full.
        guard (RegularFile.size(of: part.path) ?? 0) > 0, rename(part.path, url.path) == 0 else {
            try? FileManager.default.removeItem(at: part)
            throw DeepFaceError(
                .unwritableOutput, "the video cannot be written", input: url.path,
                advice: "check the folder's permissions and the free space")
        }
    }
}

/// A video that keeps the time of frames that come when they come: they are repeated, or left out, as it needs.
struct PacedWriter {
    let writer: VideoWriter
    private let rate: Double
    private var start: Double?
    private var written = 0
    private var leavesOut = false
    /// One frame stands for so many seconds at most: a file's times may be damaged.
    private static let longestHold = 60.0

    /// - Parameter rate: frames a second.
    init(_ writer: VideoWriter, rate: Double) {
        (self.writer, self.rate) = (writer, rate)
    }

    /// The time until the next frame is left out, as when a camera was away.
    mutating func leaveOut() { leavesOut = true }

    /// Adds a frame of this time, in seconds.
    mutating func write(_ image: Image, at time: Double) throws(DeepFaceError) {
        let begin = start ?? time
        start = begin
        var copies = Int(((time - begin) * rate).rounded()) + 1 - written
        if leavesOut || Double(copies) > Self.longestHold * rate {
            start = begin + Double(copies - 1) / rate
            copies = 1
        }
        leavesOut = false
        for _ in 0..<max(0, copies) { try writer.write(image) }
        written += max(0, copies)
    }
}
