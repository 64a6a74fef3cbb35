import CVision
import Foundation
import Synchronization

/// A Haar cascade for use from many threads: OpenCV's classifier keeps the image it scans, so each call at a time has
/// its own copy, made when needed and kept.
final class CascadePool: Sendable {
    struct Hit {
        let box: Box
        let weight: Double
    }

    private let xml: Data
    private let idle = Mutex<[Cascade]>([])

    init(xml: Data) {
        self.xml = xml
    }

    /// Whatever the cascade matches in `image`, from `smallest` pixels up; weights only with `levels`.
    func hits(in image: Image, levels: Bool, smallest: Int = 0) throws(DeepFaceError) -> [Hit] {
        let cascade: Cascade
        if let waiting = idle.withLock({ $0.popLast() }) { cascade = waiting } else { cascade = try Cascade(xml) }
        defer { idle.withLock { $0.append(cascade) } }
        var found: UnsafeMutablePointer<df_cascade_hit>?
        var count = 0
        try vision { message in
            df_cascade_detect(
                cascade.pointer, image.pixels, Int32(image.width), Int32(image.height), 1.1, 10, Int32(smallest),
                levels ? 1 : 0, &found, &count, message)
        }
        defer { df_vision_free(found) }
        return UnsafeBufferPointer(start: found, count: count).map { hit in
            Hit(
                box: Box(x: Int(hit.x), y: Int(hit.y), width: Int(hit.width), height: Int(hit.height)),
                weight: hit.weight)
        }
    }
}

/// Owns one classifier.
///
/// `@unchecked Sendable`: it is held by one call at a time (`CascadePool.idle`).
private final class Cascade: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ xml: Data) throws(DeepFaceError) {
        let (pointer, message) = Shim.call { message in
            xml.withUnsafeBytes { df_cascade_load($0.bindMemory(to: CChar.self).baseAddress, $0.count, message) }
        }
        guard let pointer else { throw .library("OpenCV", message) }
        self.pointer = pointer
    }

    deinit { df_cascade_free(pointer) }
}
