import Foundation

/// The embeddings that one recipe has made so far, in a file of their own, so that a run that was stopped goes on where
/// it was.
///
/// A line a photo: 16 digits of its SHA-256, a blank, and the photo as JSON. Lines are only ever added; one that a
/// killed process or a full disk left unfinished does not bear its digest and is passed over, and its photo embedded
/// anew. Several processes may add at once. The file can be read by its owner only: embeddings tell who somebody is.
package final class EmbeddingCache {
    package let url: URL
    package private(set) var photos: [String: EmbeddedPhoto] = [:]
    private let descriptor: Int32

    /// Raise when a change makes other embeddings of the same recipe.
    private static let version = 1

    /// - Parameter engine: what computes, and its version.
    /// - Throws: `unwritableOutput` when the folder cannot be written.
    package init(folder: URL, recipe: EmbeddingRecipe, engine: String) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let key = (try? encoder.encode(recipe)).map { Data("\(Self.version) \(engine) ".utf8) + $0 } ?? Data()
        let words = [recipe.model, recipe.detector, recipe.align.rawValue].joined(separator: "-")
        let name = words.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" }
        url = folder.appending(path: "\(String(name.prefix(80)))-\(WeightStore.sha256(key).prefix(16)).jsonl")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(url) }
        let content: [UInt8]
        do throws(RegularFile.Problem) {
            content = try RegularFile.bytes(of: url.path)
        } catch {
            throw DeepFaceError(.unwritableOutput, "the cache cannot be read: \(error)", input: url.path)
        }
        for line in content.split(separator: UInt8(ascii: "\n")) {
            guard let photo = Self.photo(line) else { continue }
            photos[photo.photo] = photo
        }
        // An unfinished line must not swallow the next one.
        if let last = content.last, last != UInt8(ascii: "\n") { try write([UInt8(ascii: "\n")]) }
    }

    deinit { close(descriptor) }

    /// Keeps what was made of a photo.
    ///
    /// - Throws: `unwritableOutput`, for instance when the disk is full.
    package func add(_ photo: EmbeddedPhoto) throws(DeepFaceError) {
        guard let json = try? JSONEncoder().encode(photo) else {
            throw DeepFaceError(.engine, "an embedding cannot be written", input: url.path)
        }
        let line = Data("\(WeightStore.sha256(json).prefix(16)) ".utf8) + json + Data("\n".utf8)
        try write([UInt8](line))
        photos[photo.photo] = photo
    }

    private static func photo(_ line: ArraySlice<UInt8>) -> EmbeddedPhoto? {
        guard line.count > 17 else { return nil }
        let json = Data(line.dropFirst(17))
        guard line.prefix(17).elementsEqual("\(WeightStore.sha256(json).prefix(16)) ".utf8) else { return nil }
        return try? JSONDecoder().decode(EmbeddedPhoto.self, from: json)
    }

    private func write(_ bytes: [UInt8]) throws(DeepFaceError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.unwritable(url) }
            rest = rest.dropFirst(written)
        }
    }

    private static func unwritable(_ url: URL) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "the cache of embeddings cannot be written: \(String(cString: strerror(errno)))",
            input: url.path, advice: "choose another folder with --cache")
    }
}
