import DeepFace
import Foundation
import Testing

/// Folders of photos, and galleries of faces that nobody has.
enum GalleryFixture {
    /// A folder of its own for `body`, with a blank and an accent in its name.
    static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gallery é \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// Photos of made-up embeddings that lie as dlib's do: they have much in common, those of a person, of whom there
    /// are five photos, are half as far apart as others. Every tenth photo has two faces.
    static func photos(_ count: Int, dimensions: Int = 128, seed: UInt64 = 1) -> [GalleryPhoto] {
        var noise = Mutator(seed: seed << 32)
        func part(_ numbers: inout Mutator, _ largest: Float) -> Float {
            Float(numbers.next(below: 20_001) - 10_000) / 10_000 * largest
        }
        func embedding(_ person: Int) -> [Float] {
            var numbers = Mutator(seed: seed << 40 + UInt64(person))
            return (0..<dimensions).map { place in
                Float(place % 7) / 40 + part(&numbers, 0.1) + part(&noise, 0.06)
            }
        }
        let width = String(count).count
        return (0..<count).map { number in
            let name = String(number)
            let path = "p\(number % 10)/" + String(repeating: "0", count: width - name.count) + name + ".jpg"
            let faces = (0..<(number % 10 == 0 ? 2 : 1)).map { face in
                GalleryPhoto.Face(
                    x: Int32(number), y: Int32(face), w: 10, h: 12, confidence: 0.99,
                    embedding: embedding(face == 0 ? number / 5 : count + number))
            }
            return GalleryPhoto(
                file: PhotoFile(path: path, size: number, modified: 2 * number),
                digest: ContentDigest(of: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8) &+ $0) }),
                faces: faces)
        }.sorted { Array($0.file.path.utf8).lexicographicallyPrecedes(Array($1.file.path.utf8)) }
    }

    static func probe(_ embedding: [Float]) -> Representation {
        Representation(embedding: embedding, facialArea: FacialArea(x: 1, y: 2, w: 3, h: 4), faceConfidence: 1)
    }

    /// Writes the gallery of these photos, of which no file needs to be there.
    static func write(_ photos: [GalleryPhoto], _ options: Options = Options(), to file: URL) throws {
        try GalleryFile.write(
            photos, EmbeddingRecipe(options), dimensions: options.model.dimensions,
            metric: options.model.metric.indexed, to: file)
    }

    static func open(_ file: URL, _ options: Options = Options()) async throws -> Gallery {
        try await TestPipeline.deepface.gallery(of: "folder", options: options, refresh: false, file: file)
    }
}
