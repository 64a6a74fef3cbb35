import Foundation

extension DeepFace {
    /// Opens the gallery of a folder of photos and of the folders in it, embedding what is new there.
    ///
    /// Photos are known by path, size and time of change, else by content: none is embedded twice, even after it was
    /// moved or copied. A run that is stopped keeps what it has embedded.
    ///
    /// - Parameters:
    ///   - options: how photos, and probes, are embedded and compared; the gallery of other options is another file.
    ///     Liveness is asked of probes only.
    ///   - refresh: whether the folder is looked at; otherwise the gallery is taken as it is.
    ///   - file: where the gallery is kept. Default: a hidden file in the folder.
    ///   - seal: encrypts the gallery, or lets changes to it be noticed. Default: `nil`, neither.
    ///   - progress: hears how many of the photos that are new or have changed are done.
    /// - Throws: `unreadableInput` when there is no such folder or no photo in it, `unwritableOutput` when the gallery
    ///   cannot be written, `storeInconsistent` when it is sealed with another key or was changed by somebody without
    ///   the key, `invalidOption`, `weightsMissing`, `weightsDamaged`, `engine`, `cancelled`. A photo that
    ///   cannot be decoded or has no face is no error: the gallery names it.
    public func gallery(
        of folder: String, options: Options? = nil, refresh: Bool = true, file: URL? = nil, seal: GallerySeal? = nil,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> Gallery {
        let options = options ?? self.options
        try options.check()
        var embedded = options
        embedded.antiSpoofing = false
        let recipe = EmbeddingRecipe(embedded, configuration)
        let url = file ?? URL(fileURLWithPath: "\(folder)/.deepface-\(recipe.fileName("gallery ")).gallery")
        let refreshing = GalleryRefresh(
            deepface: self, options: embedded, folder: folder, url: url, recipe: recipe, seal: seal)
        if refresh {
            let (file, changes, unreadable) = try await refreshing.run(progress: progress)
            return Gallery(self, options, folder: folder, url: url, file, changes, unreadable: unreadable, seal: seal)
        }
        let stored = try refreshing.stored()
        guard let kept = stored.gallery else {
            let missing = stored.isUnsealed ? "the gallery is not sealed" : "there is no gallery of these settings"
            throw DeepFaceError(
                .unreadableInput, stored.damage.map { "the gallery is damaged: it \($0)" } ?? missing,
                input: url.path, advice: "have it made, without --no-refresh")
        }
        return Gallery(self, options, folder: folder, url: url, kept, GalleryChanges(), unreadable: [], seal: seal)
    }

    /// Finds the faces of a photo in a folder of photos: for each face, the matches, nearest first. To search a folder
    /// often, open its gallery once.
    ///
    /// - Throws: as `gallery(of:)` and `Gallery.find`.
    public func find(
        _ probe: ImageSource, in folder: String, _ find: FindOptions = FindOptions(), options: Options? = nil
    ) async throws(DeepFaceError) -> [[Match]] {
        try await gallery(of: folder, options: options, for: find).find(probe, find)
    }

    /// Finds the faces of many photos in a folder of photos. One photo's failure leaves the others' results as they are.
    ///
    /// - Throws: as `gallery(of:)`.
    public func find(
        _ probes: [ImageSource], in folder: String, _ find: FindOptions = FindOptions(), options: Options? = nil
    ) async throws(DeepFaceError) -> [Result<[[Match]], DeepFaceError>] {
        try await gallery(of: folder, options: options, for: find).find(probes, find)
    }

    /// With what the filter asks for read off its faces, by Python DeepFace's models.
    private func gallery(
        of folder: String, options: Options?, for find: FindOptions
    ) async throws(DeepFaceError) -> Gallery {
        let gallery = try await gallery(of: folder, options: options)
        guard let filter = find.filter else { return gallery }
        return try await gallery.reading(filter.attributes.map(AttributeRegistry.standard))
    }
}
