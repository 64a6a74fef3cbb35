import DeepFace
import Foundation
import Testing

/// Detectors with real weights that lie beside the recordings.
enum SharedDetectors {
    /// Weights files of `shared`, in a home of their own.
    static func pipeline(_ files: String...) throws -> (deepface: DeepFace, home: URL) {
        let home = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
        var configuration = Configuration()
        configuration.home = home
        let deepface = try DeepFace(configuration: configuration)
        try FileManager.default.createDirectory(at: deepface.store.folder, withIntermediateDirectories: true)
        for file in files {
            let source = try Shared.url("models/\(file)")
            try FileManager.default.createSymbolicLink(
                at: deepface.store.folder.appending(path: source.lastPathComponent), withDestinationURL: source)
        }
        return (deepface, home)
    }
}

extension Image {
    static func black(width: Int, height: Int) -> Image {
        Image(width: width, height: height, bgr: [UInt8](repeating: 0, count: width * height * 3))
    }
}

extension Box {
    /// The share of both boxes that they have together.
    func share(_ other: Box) -> Double {
        let width = min(x + self.width, other.x + other.width) - max(x, other.x)
        let height = min(y + self.height, other.y + other.height) - max(y, other.y)
        guard width > 0, height > 0 else { return 0 }
        let both = Double(width * height)
        return both / (Double(self.width * self.height + other.width * other.height) - both)
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the detector's weights are in the usual folder.
    static func needsWeights(of detector: DetectorModel) -> Self {
        .enabled(
            if: detector.files.allSatisfy {
                FileManager.default.fileExists(atPath: WeightStore().url(of: $0).path)
            }, "skipped: no weights of \(detector.name); run: deepface models pull \(detector.name)")
    }
}
