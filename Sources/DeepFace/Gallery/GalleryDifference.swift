/// What has become of the photos that a gallery knows.
struct GalleryDifference {
    /// Rows of the gallery whose files are as they were.
    private(set) var kept: [Int] = []
    /// Files that are new or have changed.
    private(set) var changed: [PhotoFile] = []
    /// Rows of the gallery whose files are gone or have changed.
    private(set) var gone: [Int] = []

    var isEmpty: Bool { changed.isEmpty && gone.isEmpty }

    /// Compares by path, size and time of change, in one pass over both.
    init(_ gallery: GalleryFile?, _ files: [PhotoFile]) {
        guard let gallery else {
            changed = files
            return
        }
        var row = 0
        for file in files {
            var order = row < gallery.photos.count ? gallery.compare(gallery.photos[row], file) : 1
            while order < 0 {
                gone.append(row)
                row += 1
                order = row < gallery.photos.count ? gallery.compare(gallery.photos[row], file) : 1
            }
            if order == 0, gallery.isSame(gallery.photos[row], as: file) {
                kept.append(row)
                row += 1
            } else {
                changed.append(file)
                if order == 0 {
                    gone.append(row)
                    row += 1
                }
            }
        }
        gone += row..<gallery.photos.count
    }
}
