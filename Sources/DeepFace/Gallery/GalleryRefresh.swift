import Foundation
import VectorIndex

/// Brings the gallery of a folder up to date.
struct GalleryRefresh {
    let deepface: DeepFace
    let options: Options
    let folder: String
    let url: URL
    let recipe: EmbeddingRecipe
    /// What the gallery is, or shall be, sealed with.
    let seal: GallerySeal?

    /// A gallery as it lies on the disk.
    struct Stored {
        /// `nil` where there is none that can be used.
        var gallery: GalleryFile?
        /// Why it has to be made anew.
        var damage: String?
        /// Whether it was passed over because it is not sealed.
        var isUnsealed = false
        /// Whether it has to be written anew, since it is sealed in another way.
        var isSealedOtherwise = false
    }

    /// The gallery as it lies on the disk. One that is not sealed as it should be is not taken: anybody can have
    /// written it.
    ///
    /// - Throws: `invalidOption` when it holds embeddings of another recipe, `storeInconsistent` when it is sealed with
    ///   another key or was changed since, `unreadableInput`.
    func stored() throws(DeepFaceError) -> Stored {
        guard FileManager.default.fileExists(atPath: url.path) else { return Stored() }
        var stored = Stored()
        let gallery: GalleryFile
        if let seal {
            guard let sealed = try seal.open(url) else { return Stored(isUnsealed: true) }
            stored.isSealedOtherwise = sealed.kind != seal.kind
            do throws(VectorIndexError) {
                gallery = try GalleryFile(bytes: sealed.content, from: url)
            } catch {
                throw DeepFaceError(
                    .storeInconsistent, "the gallery in the sealed file \(error.message)", input: url.path,
                    advice: "delete the file to have it made anew")
            }
        } else {
            guard !GallerySeal.isSealed(url) else {
                throw DeepFaceError(
                    .invalidOption, "the gallery is sealed with a key", input: url.path,
                    advice: "name the key with --gallery-key, or another file with --gallery")
            }
            do throws(VectorIndexError) {
                gallery = try GalleryFile(opening: url)
            } catch {
                if error.code == .damaged { return Stored(damage: error.message) }
                throw DeepFaceError(.unreadableInput, "the gallery \(error.message)", input: url.path)
            }
        }
        guard gallery.recipe == recipe else {
            throw DeepFaceError(
                .invalidOption, "the gallery was made with other settings or weights", input: url.path,
                advice: "name another file with --gallery")
        }
        stored.gallery = gallery
        return stored
    }

    /// Embeds what is new, forgets what is gone, and writes the gallery where that changes it.
    ///
    /// - Parameter progress: hears how many of the photos that are new or have changed are done.
    /// - Throws: as `DeepFace.gallery`.
    func run(
        progress: (_ done: Int, _ total: Int) -> Void
    ) async throws(DeepFaceError) -> (gallery: GalleryFile, changes: GalleryChanges, unreadable: [UnreadablePhoto]) {
        let folder = folder
        let found = try await deepface.pool.run { () throws(DeepFaceError) in try PhotoFolder(folder) }
        guard !found.photos.isEmpty else {
            throw DeepFaceError(
                .unreadableInput, "there is no photo in the folder", input: folder,
                advice: "put .jpg, .png, .webp or .bmp files into it, or into folders in it")
        }
        let before = try stored()
        let digits = recipe.digits("gallery ")
        if let gallery = before.gallery, !before.isSealedOtherwise, GalleryDifference(gallery, found.photos).isEmpty {
            GalleryJournal.removeLeftover(of: url, recipe: digits)
            return (gallery, GalleryChanges(), found.unreadable)
        }
        let journal = try await GalleryJournal(of: url, recipe: digits, seal: seal)
        // Another process may have done the work in the meantime.
        let now = try stored()
        if let gallery = now.gallery, !now.isSealedOtherwise, GalleryDifference(gallery, found.photos).isEmpty {
            journal.finish()
            return (gallery, GalleryChanges(), found.unreadable)
        }
        var work = GalleryWork(now.gallery, found.photos, journal: journal.photos)
        work.changes.damage = now.damage
        work.changes.wasUnsealed = now.isUnsealed
        try await embed(&work, into: journal, progress)
        let gallery = try await commit(work.photos, now.gallery?.attributeModels ?? [:])
        journal.finish()
        return (gallery, work.changes, found.unreadable + work.unreadable)
    }

    private func embed(
        _ work: inout GalleryWork, into journal: GalleryJournal, _ progress: (Int, Int) -> Void
    ) async throws(DeepFaceError) {
        let total = work.waiting.count
        guard total > 0 else { return }
        let embedder = GalleryEmbedder(deepface, options, folder: folder, known: work.contents)
        let failure = await withTaskGroup(of: Result<GalleryEmbedder.Outcome, DeepFaceError>.self) { group in
            var waiting = work.waiting.makeIterator()
            func start() {
                guard let file = waiting.next() else { return }
                group.addTask { await outcome { () async throws(DeepFaceError) in try await embedder.embed(file) } }
            }
            // A few more than the pool runs, so that it never waits and no more is held than needed.
            for _ in 0..<2 * deepface.configuration.threads { start() }
            var done = 0
            while let result = await group.next() {
                do throws(DeepFaceError) {
                    let outcome = try result.get()
                    if case .embedded(let photo, _) = outcome { try journal.add(photo) }
                    work.note(outcome)
                } catch {
                    group.cancelAll()
                    return error as DeepFaceError?
                }
                done += 1
                progress(done, total)
                start()
            }
            return nil
        }
        if let failure { throw failure }
        work.settle()
    }

    /// - Parameter models: the names of those that have read attributes, by attribute.
    func commit(_ photos: [GalleryPhoto], _ models: [String: String]) async throws(DeepFaceError) -> GalleryFile {
        let (recipe, url, model, seal) = (recipe, url, options.model, seal)
        return try await deepface.pool.run { () throws(DeepFaceError) in
            let photos = photos.sorted { PhotoFile.comesBefore($0.file, $1.file) }
            let metric = model.metric.indexed
            do throws(VectorIndexError) {
                if let seal {
                    let content = try GalleryFile.content(
                        photos, recipe, dimensions: model.dimensions, metric: metric, attributeModels: models)
                    try IndexFile.write(bytes: seal.sealed(content), to: url)
                    return try GalleryFile(bytes: content, from: url)
                }
                try GalleryFile.write(
                    photos, recipe, dimensions: model.dimensions, metric: metric, attributeModels: models, to: url)
                return try GalleryFile(opening: url)
            } catch {
                throw error.code == .unwritable
                    ? GalleryJournal.unwritable(url, error.message)
                    : DeepFaceError(.engine, "the gallery \(error.message)", input: url.path)
            }
        }
    }
}
