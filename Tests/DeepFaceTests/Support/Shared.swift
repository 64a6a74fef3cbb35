import DeepFace
import Foundation
import Testing

/// Photos and recorded outputs of the Python original, which are not part of the project: `$DEEPFACE_SHARED`, else
/// `../shared` beside it. Tests that need them are skipped, and say so, where there are none.
enum Shared {
    static let root: URL? = {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = ProcessInfo.processInfo.environment["DEEPFACE_SHARED"]
        let root =
            path.map { URL(fileURLWithPath: $0) } ?? package.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: root.appending(path: "peer/goldens").path) ? root : nil
    }()

    static func url(_ path: String) throws -> URL { try #require(root).appending(path: path) }

    static func photo(_ name: String) throws -> String { try url("images/deepface-dataset/\(name)").path }

    /// A recorded output; its keys in snake case unless `keys` says otherwise.
    static func golden<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self,
        keys: JSONDecoder.KeyDecodingStrategy = .convertFromSnakeCase
    ) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = keys
        return try decoder.decode(type, from: Data(contentsOf: url("peer/goldens/\(name).json")))
    }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the recorded outputs of the Python original are.
    static var needsShared: Self {
        .enabled(if: Shared.root != nil, "skipped: neither $DEEPFACE_SHARED nor ../shared holds the recorded outputs")
    }
}

/// The deterministic numbers that the recorded outputs were made from (goldens/RULE.md).
enum Stream {
    /// Number `index` of stream `number`, in 0..<1.
    static func value(_ number: Int, _ index: Int) -> Double {
        var h =
            UInt32(truncatingIfNeeded: index + 1) &* 2_654_435_761 &+ UInt32(truncatingIfNeeded: number + 1) &* 40_503
        h ^= h >> 16
        h = h &* 0x85EB_CA6B
        h ^= h >> 13
        h = h &* 0xC2B2_AE35
        h ^= h >> 16
        return Double(h) / 4_294_967_296
    }

    static func values(_ number: Int, count: Int) -> [Double] { (0..<count).map { value(number, $0) } }

    static func noise(height: Int, width: Int, _ number: Int) -> Image {
        let count = height * width * 3
        return Image(width: width, height: height, bgr: (0..<count).map { UInt8(value(number, $0) * 256) })
    }

    static func smooth(height: Int, width: Int) -> Image {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                pixels.append(UInt8((3 * x + 2 * y) % 256))
                pixels.append(UInt8((x * x / 64 + 5 * y) % 256))
                pixels.append(UInt8(((x + y) * (x + 2 * y) / 128) % 256))
            }
        }
        return Image(width: width, height: height, bgr: pixels)
    }
}
