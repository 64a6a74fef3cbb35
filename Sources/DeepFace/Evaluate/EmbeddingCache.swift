import Foundation

/// The embeddings that one recipe has made so far, in a file of their own, so that a run that was stopped goes on where
/// it was: a photo whose line was left unfinished is embedded anew. Several processes may add at once.
package final class EmbeddingCache {
    package let url: URL
    package private(set) var photos: [String: EmbeddedPhoto] = [:]
    private let lines: CheckedLines<EmbeddedPhoto>

    /// Raise when a change makes other embeddings of the same recipe.
    private static let version = 1

    /// - Parameter engine: what computes, and its version.
    /// - Throws: `unwritableOutput` when the folder cannot be written.
    package init(folder: URL, recipe: EmbeddingRecipe, engine: String) throws(DeepFaceError) {
        let url = folder.appending(path: "\(recipe.fileName("\(Self.version) \(engine) ")).jsonl")
        self.url = url
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        lines = try CheckedLines(url) { reason in
            DeepFaceError(
                .unwritableOutput, "the cache of embeddings \(reason)", input: url.path,
                advice: "choose another folder with --cache")
        }
        for photo in try lines.records() { photos[photo.photo] = photo }
    }

    /// Keeps what was made of a photo.
    ///
    /// - Throws: `unwritableOutput`, for instance when the disk is full.
    package func add(_ photo: EmbeddedPhoto) throws(DeepFaceError) {
        try lines.add(photo)
        photos[photo.photo] = photo
    }
}
