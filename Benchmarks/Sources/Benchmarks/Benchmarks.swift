import DeepFace
import Foundation

/// Prints how fast and how large things are, beside the times recorded from Python DeepFace 0.0.100 on two cores of the
/// same kind of machine. It asserts nothing.
@main
struct Benchmarks {
    static func main() async throws {
        // Names of networks measure only those.
        let names = Set(CommandLine.arguments.dropFirst())
        if names.isEmpty || names == ["memory"] { try Memory.run() }
        let photos = try Photos()
        if names.isEmpty || names == ["detectors"] { try await Detectors.run(photos) }
        if names.isEmpty || names == ["find"] { try await Find.run(photos) }
        if names == ["stream"] { try await Streams.run() }
        if names.isDisjoint(with: ["memory", "detectors", "find", "stream"]) { try await Networks.run(only: names) }
        guard names.isEmpty else { return }
        print("photos: \(photos.first), \(photos.second)\n")
        try Cold.run(photos)
        try await Warm.run(photos)
    }
}

/// The two photos that the recorded times are of, or else the sample photos of `make demo`.
struct Photos {
    let first, second: String
    /// Whether the recorded times are of these photos.
    let comparable: Bool
    /// The package that is measured.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Photos and recorded outputs of the Python original.
    static let shared =
        ProcessInfo.processInfo.environment["DEEPFACE_SHARED"].map { URL(fileURLWithPath: $0) }
        ?? package.deletingLastPathComponent().appending(path: "shared")

    init() throws {
        let dataset = Self.shared.appending(path: "images/deepface-dataset")
        comparable = FileManager.default.fileExists(atPath: dataset.appending(path: "img1.jpg").path)
        let folder = comparable ? dataset : Self.package.appending(path: "demo/photos")
        first = folder.appending(path: comparable ? "img1.jpg" : "obama.jpg").path
        second = folder.appending(path: comparable ? "img2.jpg" : "obama2.jpg").path
    }
}

/// A whole process: `deepface verify`, weights read and networks compiled on the way.
enum Cold {
    static func run(_ photos: Photos) throws {
        let runs = try (0..<6).map { _ in try measure(photos) }.dropFirst()
        let (seconds, cpu) = (Benchmarks.median(runs.map(\.seconds)), Benchmarks.median(runs.map(\.cpu)))
        let memory = Benchmarks.median(runs.map(\.memory))
        print("cold `deepface verify`, defaults, median of \(runs.count)")
        print(String(format: "  %.2f s wall, %.2f s CPU, %.0f MB peak RSS", seconds, cpu, memory))
        if photos.comparable {
            print(
                String(
                    format:
                        "  Python, mtcnn + Dlib: 6.33 s wall, 7.43 s CPU, 2097 MB: %.0f x less wall, %.0f x less CPU, %.1f x less memory\n",
                    6.33 / seconds, 7.43 / cpu, 2097 / memory))
        }
    }

    private static func measure(_ photos: Photos) throws -> (seconds: Double, cpu: Double, memory: Double) {
        let command = Photos.package.appending(path: ".build/release/deepface").path
        let start = ContinuousClock.now
        var pid: pid_t = 0
        let words = [command, "verify", photos.first, photos.second]
        let arguments = words.map { strdup($0) } + [nil]
        defer { for word in arguments { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        defer { posix_spawn_file_actions_destroy(&actions) }
        guard posix_spawn(&pid, command, &actions, nil, arguments, environ) == 0 else {
            throw CocoaError(.fileNoSuchFile)
        }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(pid, &status, 0, &usage) == pid, status == 0 else { throw CocoaError(.featureUnsupported) }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (
            (ContinuousClock.now - start) / .seconds(1), seconds(usage.ru_utime) + seconds(usage.ru_stime),
            Double(usage.ru_maxrss) / 1000
        )
    }
}

/// One process that goes on.
enum Warm {
    /// Python's recorded medians in milliseconds: verify of img1 and img2, Dlib.
    private static let python = ["mtcnn": 2533.3, "dlib": 7625.15, "opencv": 1138.0]
    /// Python's recorded median of one embedding by dlib.
    private static let pythonEmbedding = 7.28

    static func run(_ photos: Photos) async throws {
        let deepface = try DeepFace()
        print("warm verify, Dlib, milliseconds, median of 9")
        print("  detector  landmarks      eyes    Python  ratio (landmarks)  ratio (eyes)")
        for name in ["mtcnn", "dlib", "opencv"] {
            var times: [Alignment: Double] = [:]
            for alignment in [Alignment.landmarks, .eyes] {
                var options = Options()
                options.detector = try DetectorRegistry.detector(named: name)
                options.alignment = alignment
                times[alignment] = try await Benchmarks.time(9) {
                    _ = try await deepface.verify(.path(photos.first), .path(photos.second), options: options)
                }
            }
            let (landmarks, eyes, recorded) = (times[.landmarks] ?? 0, times[.eyes] ?? 0, python[name] ?? 0)
            let ratios =
                photos.comparable
                ? String(format: "%9.0f  %16.1f  %12.1f", recorded, recorded / landmarks, recorded / eyes) : "        -"
            print(
                "  " + name.padding(toLength: 8, withPad: " ", startingAt: 0)
                    + String(format: "%11.1f%10.1f ", landmarks, eyes) + ratios)
        }
        var skip = Options()
        skip.detector = .skip
        let faces = try await deepface.extractFaces(.path(photos.first))
        let chip = ImageSource.pixels(faces[0].image)
        let one = try await Benchmarks.time(50) { _ = try await deepface.represent(chip, options: skip) }
        let batch = Array(repeating: chip, count: 16)
        let many = try await Benchmarks.time(10) { _ = await deepface.represent(batch, options: skip) } / 16
        print("\nDlib embedding of a chip, milliseconds")
        print(
            String(
                format: "  one %.2f, of sixteen %.2f; Python (dlib's own) %.2f: %.1f x, %.1f x", one, many,
                pythonEmbedding,
                pythonEmbedding / one, pythonEmbedding / many))
    }
}

extension Benchmarks {
    /// The median of `count` runs after a first one, milliseconds.
    static func time(_ count: Int, _ work: () async throws -> Void) async throws -> Double {
        try await work()
        var times: [Double] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            try await work()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return median(times)
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
