import DeepFace
import Foundation
import Testing

/// The portraits that `make photos` brings.
enum SamplePhotos {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "demo/photos")

    static func path(_ name: String) -> ImageSource { .path(folder.appending(path: "\(name).jpg").path) }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the sample photos are; `make test` brings them.
    static var needsSamplePhotos: Self {
        .enabled(
            if: FileManager.default.fileExists(atPath: SamplePhotos.folder.appending(path: "obama.jpg").path),
            "skipped: no sample photos; run: make photos")
    }
}
