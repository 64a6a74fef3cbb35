import DeepFace
import Foundation

/// A folder of photos: its gallery made, and a photo found in it.
enum Find {
    /// Python's recorded times over the same 64 photos, milliseconds: the first `find`, on a busy machine.
    private static let pythonFirst = 53_000.0
    /// Later ones take about what one photo's embedding takes.
    private static let pythonLater = ["mtcnn": 1550.13, "opencv": 589.78]

    static func run(_ photos: Photos) async throws {
        guard photos.comparable else {
            print("find: left out, for the recorded times are of photos that are not here\n")
            return
        }
        let source = URL(fileURLWithPath: photos.first).deletingLastPathComponent()
        let folder = FileManager.default.temporaryDirectory.appending(path: "find-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where name.hasSuffix(".jpg") {
            try FileManager.default.copyItem(at: source.appending(path: name), to: folder.appending(path: name))
        }
        print("find in a folder of 64 photos, Dlib, milliseconds; with a gallery in the folder, median of 9")
        print("  detector  alignment    first  ratio    later  ratio")
        for name in ["mtcnn", "opencv"] {
            for alignment in [Alignment.landmarks, .eyes] {
                var options = Options()
                options.detector = try DetectorRegistry.detector(named: name)
                options.alignment = alignment
                let start = ContinuousClock.now
                // As a new process would: with nothing loaded.
                let deepface = try DeepFace(options: options)
                _ = try await deepface.find(.path(photos.first), in: folder.path)
                let cold = (ContinuousClock.now - start) / .milliseconds(1)
                let warm = try await Benchmarks.time(9) {
                    _ = try await deepface.find(.path(photos.first), in: folder.path)
                }
                let later = pythonLater[name].map { String(format: "%7.1f", $0 / warm) } ?? "      -"
                print(
                    "  " + name.padding(toLength: 10, withPad: " ", startingAt: 0)
                        + alignment.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
                        + String(format: "%9.0f%7.1f%9.1f", cold, pythonFirst / cold, warm) + later)
            }
        }
        print("  ratios are to Python's recorded times: 53 s on a busy machine, and one photo's embedding\n")
    }
}
