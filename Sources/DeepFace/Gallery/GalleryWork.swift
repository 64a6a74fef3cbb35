/// A gallery on its way to be up to date.
struct GalleryWork {
    /// The photos it will have, as far as their faces are known.
    private(set) var photos: [GalleryPhoto]
    /// Those whose content has to be looked at.
    private(set) var waiting: [PhotoFile] = []
    var changes = GalleryChanges()
    /// Those that could not be opened when their turn came.
    private(set) var unreadable: [UnreadablePhoto] = []
    /// By content, whatever its file.
    private var known: [ContentDigest: GalleryPhoto] = [:]
    /// Photos whose content was met before, or is another's in this very run.
    private var copies: [(file: PhotoFile, digest: ContentDigest)] = []
    /// How many photos of a content are gone from where they were.
    private var missing: [ContentDigest: Int] = [:]

    var contents: Set<ContentDigest> { Set(known.keys) }

    /// - Parameter journal: what a run that did not come to its end has embedded.
    init(_ gallery: GalleryFile?, _ files: [PhotoFile], journal: [GalleryPhoto]) {
        let difference = GalleryDifference(gallery, files)
        photos = gallery.map { gallery in difference.kept.map(gallery.photo) } ?? []
        let gone = gallery.map { gallery in difference.gone.map(gallery.photo) } ?? []
        guard !difference.changed.isEmpty else {
            changes.removed = gone.count
            return
        }
        for photo in photos + gone + journal where photo.digest != ContentDigest() { known[photo.digest] = photo }
        var left: [[UInt8]: GalleryPhoto] = [:]
        for photo in journal { left[Array(photo.file.path.utf8)] = photo }
        for file in difference.changed {
            if let photo = left[Array(file.path.utf8)], photo.file.isUnchanged(file) {
                photos.append(photo)
                changes.recognised += 1
            } else {
                waiting.append(file)
            }
        }
        let names = Set(difference.changed.map { Array($0.path.utf8) })
        for photo in gone where !names.contains(Array(photo.file.path.utf8)) {
            changes.removed += 1
            missing[photo.digest, default: 0] += 1
        }
    }

    mutating func note(_ outcome: GalleryEmbedder.Outcome) {
        switch outcome {
        case .embedded(let photo, let rejected):
            photos.append(photo)
            known[photo.digest] = photo
            changes.embedded += 1
            changes.rejected += rejected
        case .known(let file, let digest): copies.append((file, digest))
        case .unreadable(let photo): unreadable.append(photo)
        }
    }

    /// Gives copies what is known of their content.
    mutating func settle() {
        for copy in copies {
            guard let photo = known[copy.digest] else { continue }
            photos.append(photo.at(copy.file))
            changes.recognised += 1
            // It has only moved.
            if let count = missing[copy.digest], count > 0 {
                missing[copy.digest] = count - 1
                changes.removed -= 1
            }
        }
    }
}
