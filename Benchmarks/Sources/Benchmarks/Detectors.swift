import DeepFace
import Foundation

/// Each detector on two photos, decoded already: detection and alignment. Beside it what Python DeepFace took for the
/// same, with its border, on a faster machine, and OpenCV's YuNet in Python right now.
enum Detectors {
    /// Recorded medians of Python's aligned `extract_faces`, milliseconds.
    private static let python: [String: (large: Double, small: Double)] = [
        "mtcnn": (1403.72, 184.36), "opencv": (566.67, 135.18), "dlib": (4650.32, 643.87), "yunet": (22.84, 13.09),
        "mediapipe": (16.34, 2.59),
    ]

    static func run(_ photos: Photos) async throws {
        let home = Photos.package.appending(path: ".build/test-home")
        let folder = Photos.shared.appending(path: "images/deepface-dataset")
        let paths = ["img1.jpg", "selfie-many-people.jpg"].map { folder.appending(path: $0).path }
        guard photos.comparable, FileManager.default.fileExists(atPath: home.path) else {
            return print("detectors: skipped, for want of the recorded photos or of .build/test-home\n")
        }
        let deepface = try pipeline(home)
        let (large, small) = (try await deepface.photo(.path(paths[0])), try await deepface.photo(.path(paths[1])))
        print("detectors, faces found and aligned by landmarks, milliseconds, median of 9")
        print(
            "                        \(large.width) × \(large.height)  faces  recorded      x     "
                + "\(small.width) × \(small.height)  faces  recorded      x")
        // The weights of retinaface there are made up, and find thousands.
        for model in DetectorRegistry.all where !["skip", "retinaface"].contains(model.name) {
            guard model.files.allSatisfy({ deepface.store.glance(at: $0) == .present }) else { continue }
            var options = Options()
            options.detector = model
            options.enforceDetection = false
            var line = "  " + model.name.padding(toLength: 21, withPad: " ", startingAt: 0)
            for (photo, recorded) in [(large, python[model.name]?.large), (small, python[model.name]?.small)] {
                let faces = try await deepface.extractFaces(.pixels(photo), options: options).count
                let time = try await Benchmarks.time(9) {
                    _ = try await deepface.extractFaces(.pixels(photo), options: options)
                }
                line += String(format: "%12.2f%7d", time, faces)
                line += recorded.map { String(format: "%10.1f%7.1f", $0, $0 / time) } ?? "         -      -"
            }
            print(line)
        }
        try await frames(home, paths, large)
        try await photosASecond(home, folder)
    }

    private static func pipeline(_ home: URL, threads: Int? = nil) throws -> DeepFace {
        var configuration = Configuration()
        configuration.home = home
        configuration.checksDigests = false
        if let threads { configuration.threads = threads }
        var options = Options()
        options.detector = .yunet
        options.enforceDetection = false
        return try DeepFace(options: options, configuration: configuration)
    }

    /// YuNet on one thread, video frames.
    private static func frames(_ home: URL, _ paths: [String], _ photo: Image) async throws {
        let deepface = try pipeline(home, threads: 1)
        let frame = try photo.resized(width: 640, height: 360)
        let time = try await Benchmarks.time(30) { _ = try await deepface.extractFaces(.pixels(frame)) }
        print(String(format: "yunet, 640 × 360, one thread: %.1f frames/s", 1000 / time))
        let model = deepface.store.url(of: DetectorModel.yunet.files[0]).path
        guard let peer = try Peer(Photos.package, threads: 1).openCV(model, paths) else { return }
        print(
            String(
                format:
                    "OpenCV's YuNet in Python, now: %.2f ms and %.2f ms for the photos with border, %.1f frames/s\n",
                peer[0], peer[1], 1000 / peer[2]))
    }

    /// A folder of photos, 600 pixels on their longer side: read, faces found, aligned and embedded on all cores.
    private static func photosASecond(_ home: URL, _ folder: URL) async throws {
        let deepface = try pipeline(home)
        let target = FileManager.default.temporaryDirectory.appending(path: "deepface-photos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: target) }
        var photos: [ImageSource] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".jpg") {
            let photo = try await deepface.photo(.path(folder.appending(path: name).path))
            let longest = max(photo.width, photo.height)
            let small = try photo.resized(width: photo.width * 600 / longest, height: photo.height * 600 / longest)
            let file = target.appending(path: name)
            try small.jpeg(quality: 90).write(to: file)
            photos.append(.path(file.path))
        }
        let sources = photos
        let time = try await Benchmarks.time(5) { _ = await deepface.represent(sources) }
        let rate = Double(sources.count) / time * 1000
        print(String(format: "yunet + Dlib, a folder of %d photos of 600 pixels: %.1f photos/s", sources.count, rate))
        // Detection alone of a photo of this size, and one embedding; reading not counted.
        let recorded = 1000 / (13.09 + 7.28)
        print(
            String(
                format: "  Python's recorded parts add up to %.1f photos/s at most: %.1f x\n", recorded, rate / recorded
            ))
    }
}
