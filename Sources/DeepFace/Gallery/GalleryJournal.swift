import Foundation

/// What a run has embedded and not yet put into the gallery, beside the gallery; and the lock that lets one process at
/// a time change it.
///
/// A run that is killed leaves it behind, and the next one goes on from there.
final class GalleryJournal {
    /// What runs before this one have left.
    let photos: [GalleryPhoto]
    private let url: URL
    private let lines: CheckedLines<GalleryPhoto>
    /// Whether nothing would be lost without it.
    private var isSpare: Bool

    /// Waits for other processes that change the gallery.
    ///
    /// - Parameters:
    ///   - recipe: digits that every recipe has its own of.
    ///   - seal: with one, what is in the journal is encrypted.
    /// - Throws: `unwritableOutput`, `cancelled`.
    init(of gallery: URL, recipe: String, seal: GallerySeal?) async throws(DeepFaceError) {
        let url = Self.url(of: gallery, recipe)
        let cipher = seal?.lines(of: recipe)
        while true {
            let lines = try CheckedLines<GalleryPhoto>(url, cipher: cipher) { Self.unwritable(gallery, $0) }
            while flock(lines.descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else {
                    throw Self.unwritable(gallery, "cannot be locked: \(String(cString: strerror(errno)))")
                }
                do { try await Task.sleep(for: .milliseconds(20)) } catch { throw .cancelled }
            }
            // Whoever had the lock may have taken the file away when it was done.
            var (own, current) = (stat(), stat())
            if fstat(lines.descriptor, &own) == 0, stat(url.path, &current) == 0, own.st_ino == current.st_ino {
                (self.url, self.lines) = (url, lines)
                photos = try lines.records()
                isSpare = photos.isEmpty
                return
            }
        }
    }

    // The lock goes with `lines`, after this.
    deinit {
        if isSpare { unlink(url.path) }
    }

    /// - Throws: `unwritableOutput`, for instance when the disk is full.
    func add(_ photo: GalleryPhoto) throws(DeepFaceError) {
        try lines.add(photo)
        isSpare = false
    }

    /// All that is in it is in the gallery: it goes.
    func finish() { isSpare = true }

    /// Takes away a journal that a killed run left although all of it is in the gallery.
    static func removeLeftover(of gallery: URL, recipe: String) {
        let path = url(of: gallery, recipe).path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var (own, current) = (stat(), stat())
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &own) == 0, stat(path, &current) == 0,
            own.st_ino == current.st_ino
        {
            unlink(path)
        }
    }

    private static func url(of gallery: URL, _ recipe: String) -> URL {
        URL(fileURLWithPath: "\(gallery.path).\(recipe).journal")
    }

    /// The error for a gallery that cannot be written.
    static func unwritable(_ gallery: URL, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "the gallery of embeddings \(reason)", input: gallery.path,
            advice: "keep it elsewhere with --gallery FILE")
    }
}
