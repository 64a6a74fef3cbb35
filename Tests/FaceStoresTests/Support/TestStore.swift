import DeepFace
import FaceStores
import Foundation

/// A folder that goes with its test.
final class TestFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "stores-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var file: URL { url.appending(path: "faces.db") }

    func open(key: StoreKey? = nil) async throws -> any FaceStore {
        try await StoreRegistry.open(StoreAddress("sqlite:\(file.path)"), key: key, creates: true)
    }

    /// The content of every file below.
    func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        let walk = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
        while let file = walk?.nextObject() as? URL {
            if let data = try? Data(contentsOf: file) { contents[file.lastPathComponent] = data }
        }
        return contents
    }
}

extension CollectionPlan {
    /// A collection of short vectors.
    static func test(_ name: String = "default", dimensions: Int = 8, isEncrypted: Bool = false) -> CollectionPlan {
        CollectionPlan(
            name: name, recipe: EmbeddingRecipe(Options()), dimensions: dimensions, isEncrypted: isEncrypted)
    }
}

extension NewFace {
    /// A face whose vector, photo and place all follow from `number`.
    static func test(_ number: Int, person: String, dimensions: Int = 8, photo: Data? = nil) -> NewFace {
        var area = FacialArea(x: number, y: 2, w: 30, h: 40)
        area.leftEye = [number + 5, 9]
        return NewFace(
            person: person, image: "\(person)/\(number).jpg", hash: "hash \(number)", facialArea: area,
            faceConfidence: 0.98, vector: vector(number, dimensions: dimensions), photo: photo)
    }

    static func vector(_ number: Int, dimensions: Int = 8) -> [Float] {
        var random = SplitMix(seed: UInt64(number))
        return (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) }
    }
}

/// Random numbers that are the same every time.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension StoreKey {
    static func test(_ byte: UInt8 = 7) throws -> StoreKey {
        try StoreKey(Data(repeating: byte, count: 32).base64EncodedString())
    }
}
