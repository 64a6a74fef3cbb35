import Foundation
import VectorIndex

/// Brings the gallery of a folder up to date.
struct GalleryRefresh {
    let deepface: DeepFace
    let options: Options
    let folder: String
    let url: URL
    let recipe: EmbeddingRecipe

    /// The gallery as it lies on the disk, and why it has to be made anew where it is damaged.
    ///
    /// - Throws: `invalidOption` when it holds embeddings of another recipe, `unreadableInput`.
    func stored() throws(DeepFaceError) -> (gallery: GalleryFile?, damage: String?) {
        guard FileManager.default.fileExists(atPath: url.path) else { return (nil, nil) }
        let gallery: GalleryFile
        do throws(VectorIndexError) {
            gallery = try GalleryFile(opening: url)
        } catch {
            if error.code == .damaged { return (nil, error.message) }
            throw DeepFaceError(.unreadableInput, "the gallery \(error.message)", input: url.path)
        }
        guard gallery.recipe == recipe else {
            throw DeepFaceError(
                .invalidOption, "the gallery was made with other settings or weights", input: url.path,
                advice: "name another file with --gallery")
        }
        return (gallery, nil)
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
        if let gallery = before.gallery, GalleryDifference(gallery, found.photos).isEmpty {
            GalleryJournal.removeLeftover(of: url, recipe: digits)
            return (gallery, GalleryChanges(), found.unreadable)
        }
        let journal = try await GalleryJournal(of: url, recipe: digits)
        // Another process may have done the work in the meantime.
        let now = try stored()
        if let gallery = now.gallery, GalleryDifference(gallery, found.photos).isEmpty {
            journal.finish()
            return (gallery, GalleryChanges(), found.unreadable)
        }
        var work = GalleryWork(now.gallery, found.photos, journal: journal.photos)
        work.changes.damage = now.damage
        try await embed(&work, into: journal, progress)
        let gallery = try await commit(work.photos)
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

    private func commit(_ photos: [GalleryPhoto]) async throws(DeepFaceError) -> GalleryFile {
        let (recipe, url, model) = (recipe, url, options.model)
        return try await deepface.pool.run { () throws(DeepFaceError) in
            do throws(VectorIndexError) {
                try GalleryFile.write(
                    photos.sorted { PhotoFile.comesBefore($0.file, $1.file) }, recipe, dimensions: model.dimensions,
                    metric: model.metric.indexed, to: url)
                return try GalleryFile(opening: url)
            } catch {
                throw error.code == .unwritable
                    ? GalleryJournal.unwritable(url, error.message)
                    : DeepFaceError(.engine, "the gallery \(error.message)", input: url.path)
            }
        }
    }
}
