import DeepFace
import Foundation
import Testing

/// Photos of the Python original's tests, which are not part of the project: `$DEEPFACE_SHARED`, else `../shared` beside
/// it.
enum Photos {
    static let root: URL? = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["DEEPFACE_SHARED"]
        let root =
            path.map { URL(fileURLWithPath: $0) } ?? package.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: root.appending(path: "peer/goldens").path) ? root : nil
    }()

    static func url(_ name: String) throws -> URL {
        try #require(root).appending(path: "images/deepface-dataset/\(name).jpg")
    }

    static func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

    static func base64(_ name: String) throws -> String {
        "data:image/jpeg;base64," + (try data(name)).base64EncodedString()
    }

    /// A picture with nobody in it.
    static let grey: Data = {
        let image = Image(filledWith: Color(blue: 90, green: 90, red: 90), width: 64, height: 64)
        return (try? image.png()) ?? Data()
    }()

    static let areThere: Bool = {
        let store = WeightStore()
        let files = ["Dlib", "opencv"].compactMap { WeightCatalog.entry(named: $0)?.files }.flatMap(\.self)
        return root != nil && !files.isEmpty && files.allSatisfy { store.glance(at: $0) == .present }
    }()
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the photos and the small weights are.
    static var needsPhotos: Self {
        .enabled(if: Photos.areThere, "skipped: no photos of ../shared, or: deepface models pull Dlib opencv")
    }

    static var needsWeights: Self {
        .enabled(
            if: ["Dlib", "opencv"].compactMap { WeightCatalog.entry(named: $0)?.files }.flatMap(\.self)
                .allSatisfy { WeightStore().glance(at: $0) == .present },
            "skipped: not all weights are there; run: deepface models pull Dlib opencv")
    }
}
