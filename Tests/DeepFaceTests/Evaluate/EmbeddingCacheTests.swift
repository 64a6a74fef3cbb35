import DeepFace
import Foundation
import Testing

/// The cache of embeddings, and what is left of it when a run dies.
struct EmbeddingCacheTests {
    private let recipe = EmbeddingRecipe(Options())

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cache é \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func photo(_ name: String) -> EmbeddedPhoto {
        EmbeddedPhoto(
            photo: name, seconds: 0.1 + 1e-17, faces: [[1, -0.1, .leastNonzeroMagnitude], [3.4e38, 0, -0.0]])
    }

    @Test func whatIsAddedComesBackBitForBit() throws {
        try withFolder { folder in
            let judged = EmbeddedPhoto(photo: "c", seconds: 1, faces: [[1]], quality: [0.1])
            let failed = EmbeddedPhoto(photo: "b", seconds: 1.0 / 3, faces: [], failure: .noFace)
            do {
                let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                try cache.add(photo("a"))
                try cache.add(failed)
                try cache.add(judged)
            }
            let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
            #expect(cache.photos == ["a": photo("a"), "b": failed, "c": judged])
            #expect(cache.photos["a"]?.faces[1][2].sign == .minus)
            let mode = try FileManager.default.attributesOfItem(atPath: cache.url.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func recipesAndEnginesHaveTheirOwn() throws {
        try withFolder { folder in
            var options = Options()
            options.expand = 10
            let files = try [
                EmbeddingCache(folder: folder, recipe: recipe, engine: "test").url,
                EmbeddingCache(folder: folder, recipe: recipe, engine: "other").url,
                EmbeddingCache(folder: folder, recipe: EmbeddingRecipe(options), engine: "test").url,
            ]
            #expect(Set(files).count == 3)
        }
    }

    /// Killed in the middle of a write: whole lines stay, the torn one is dropped, and adding goes on.
    @Test func cutOffAnywhere() throws {
        try withFolder { folder in
            let names = ["a", "b", "c"]
            let url: URL
            do {
                let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                for name in names { try cache.add(photo(name)) }
                url = cache.url
            }
            let whole = try Data(contentsOf: url)
            let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
            #expect(ends.count == 3)
            for length in 0...whole.count {
                try whole.prefix(length).write(to: url)
                let left = ends.count { $0 <= length }
                do {
                    let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                    // Only the line's end may be missing of one more.
                    #expect(cache.photos.count == left, "\(length) bytes")
                    for name in names where cache.photos[name] == nil { try cache.add(photo(name)) }
                }
                let again = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                #expect(again.photos.count == 3 && again.photos["b"] == photo("b"), "\(length) bytes")
            }
        }
    }

    @Test func damageCostsOnlyItsLine() throws {
        try withFolder { folder in
            let url: URL
            do {
                let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                for name in ["a", "b", "c"] { try cache.add(photo(name)) }
                url = cache.url
            }
            let whole = try Data(contentsOf: url)
            for place in stride(from: 0, to: whole.count, by: 7) {
                var damaged = whole
                damaged[place] ^= 1
                try damaged.write(to: url)
                let cache = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
                #expect(cache.photos.count >= 1 && cache.photos.count <= 2)
                #expect(cache.photos.allSatisfy { $0.value == photo($0.key) })
            }
        }
    }

    @Test func folderThatCannotBe() throws {
        try withFolder { folder in
            try Data().write(to: folder)
            let error = #expect(throws: DeepFaceError.self) {
                try EmbeddingCache(folder: folder, recipe: recipe, engine: "test")
            }
            #expect(error?.code == .unwritableOutput && error?.advice?.contains("--cache") == true)
        }
        // A full disk.
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        try withFolder { folder in
            let url = try EmbeddingCache(folder: folder, recipe: recipe, engine: "test").url
            try FileManager.default.removeItem(at: url)
            try FileManager.default.createSymbolicLink(at: url, withDestinationURL: URL(fileURLWithPath: "/dev/full"))
            #expect(throws: DeepFaceError.self) {
                try EmbeddingCache(folder: folder, recipe: recipe, engine: "test").add(photo("a"))
            }
        }
    }
}
