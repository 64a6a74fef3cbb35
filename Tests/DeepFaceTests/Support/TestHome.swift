import DeepFace
import Foundation
import Testing

/// The home that `scripts/test-weights.sh` fills, `make test` calling it: weights of made-up numbers for the large
/// models, the real ones of the small models.
enum TestHome {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/test-home")

    /// Models whose weights are made up there, by the names of their recordings.
    static let generated = [
        "VGG-Face", "Facenet", "Facenet512", "OpenFace", "DeepFace", "DeepID", "ArcFace", "GhostFaceNet", "Age",
        "Gender",
        "Race", "Emotion",
    ]

    static let isFilled = WeightCatalog.all.filter { generated.contains($0.name) }.flatMap(\.files)
        .allSatisfy { FileManager.default.fileExists(atPath: store.url(of: $0).path) }

    private static let store = WeightStore(home: folder, checksDigests: false)

    /// One pipeline for all tests.
    static let deepface = pipeline()

    /// A pipeline that keeps its networks no longer than the test lasts, for the large ones.
    static func pipeline() -> DeepFace {
        var configuration = Configuration()
        configuration.home = folder
        configuration.checksDigests = false
        do { return try DeepFace(configuration: configuration) } catch { fatalError("\(error)") }
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the home for tests is filled.
    static var needsTestHome: Self {
        .enabled(if: TestHome.isFilled, "skipped: .build/test-home is not filled; run: scripts/test-weights.sh")
    }
}
