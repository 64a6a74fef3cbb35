import DeepFace
import Foundation

/// Where a video comes from.
public enum VideoSource: Sendable, Equatable {
    /// A camera of this machine, by its number.
    case camera(Int)
    case file(String)
    /// What FFmpeg opens over the network: rtsp, http(s), rtmp, udp, ….
    case address(String)

    /// The source that a string names: a number or `/dev/video…` a camera, something with `://` an address, else a file.
    public init(_ text: String) {
        if let number = Int(text), number >= 0 {
            self = .camera(number)
        } else if text.hasPrefix("/dev/video"), let number = Int(text.dropFirst("/dev/video".count)) {
            self = .camera(number)
        } else if text.lowercased().hasPrefix("file://"), let url = URL(string: text) {
            self = .file(url.path)
        } else if text.contains("://") {
            self = .address(text)
        } else {
            self = .file(text)
        }
    }

    /// How errors and events call it; passwords in addresses are left out.
    public var name: String {
        switch self {
        case .camera(let number): return "camera \(number)"
        case .file(let path): return path
        case .address(let address):
            guard var parts = URLComponents(string: address), parts.password != nil else { return address }
            parts.password = "***"
            return parts.string ?? "an address"
        }
    }

    /// Opens a file and closes it again, before anything is made ready for it. Others are opened once only.
    ///
    /// - Throws: `unreadableInput`, `engine`.
    public func check() throws(DeepFaceError) {
        if case .file = self { _ = try VideoCapture(self, timeout: 0) }
    }

    /// Whether it goes on by itself, whether frames are taken or not.
    public var isLive: Bool { if case .file = self { false } else { true } }
}

/// What a source says about itself.
public struct VideoInfo: Sendable, Equatable {
    /// Pixels; 0 where it does not say.
    public let width, height: Int
    /// `nil` where it does not say, or nothing that can be.
    public let framesPerSecond: Double?
    /// `nil` where it does not say: it has no end.
    public let frameCount: Int?
}

/// A frame of a video.
public struct VideoFrame: Sendable {
    public let image: Image
    /// Counted from 1 among all that the source gave, those that were passed over too.
    public let number: Int
    /// Seconds: of a file where the frame is in it, else since the source was opened first.
    public let time: Double
    /// When it was there.
    public let arrival: ContinuousClock.Instant

    public init(image: Image, number: Int, time: Double, arrival: ContinuousClock.Instant = .now) {
        (self.image, self.number, self.time, self.arrival) = (image, number, time, arrival)
    }
}

/// Why there are no more frames.
enum SourceEnd: Sendable {
    /// The source could not be opened.
    case unopened(DeepFaceError)
    /// A video that has an end came to it.
    case complete
    /// A video that has an end broke off before it: after so many frames.
    case truncated(frames: Int, of: Int)
    /// What has no end ended.
    case lost
    case failed(DeepFaceError)
}
