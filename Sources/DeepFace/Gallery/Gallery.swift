import Foundation
import Synchronization
import VectorIndex

/// The faces of a folder of photos, ready to be searched: a file in the folder, mapped into memory.
///
/// ```swift
/// let gallery = try await deepface.gallery(of: "my_db")
/// let matches = try await gallery.find("a.jpg")            // matches[0][0].identity, .distance
/// ```
///
/// It stays as it was when it was opened, whatever becomes of the folder, and may be used from any number of tasks at
/// once.
public final class Gallery: Sendable {
    /// As it was named.
    public let folder: String
    /// The gallery's file.
    public let url: URL
    /// What its photos were embedded with, and probes will be.
    public let options: Options
    /// What opening it changed in it.
    public let changes: GalleryChanges
    /// Files that give no faces because they cannot be read or decoded.
    public let unreadable: [UnreadablePhoto]

    let deepface: DeepFace
    let file: GalleryFile
    let seal: GallerySeal?
    /// For metrics that its file holds no index for.
    let others = Mutex<[VectorMetric: FlatIndex]>([:])

    init(
        _ deepface: DeepFace, _ options: Options, folder: String, url: URL, _ file: GalleryFile,
        _ changes: GalleryChanges, unreadable: [UnreadablePhoto], seal: GallerySeal?
    ) {
        (self.deepface, self.options, self.folder, self.url) = (deepface, options, folder, url)
        (self.file, self.changes, self.seal) = (file, changes, seal)
        self.unreadable = unreadable + file.failures(.unreadable)
    }

    /// The same with a file that was written since.
    func with(_ file: GalleryFile) -> Gallery {
        let known = Set(self.file.failures(.unreadable).map(\.path))
        return Gallery(
            deepface, options, folder: folder, url: url, file, changes,
            unreadable: unreadable.filter { !known.contains($0.path) }, seal: seal)
    }

    /// Photos in it, those without a face among them.
    public var photoCount: Int { file.photos.count }
    public var faceCount: Int { file.faces.count }
    /// Photos in which no face was found.
    public var photosWithoutFace: [String] { file.failures(.noFace).map(\.path) }
}

extension GalleryFile {
    /// The photos that failed in this way.
    fileprivate func failures(_ kind: GalleryPhoto.Failure.Kind) -> [UnreadablePhoto] {
        photos.indices.filter { photos[$0].failure == UInt32(kind.rawValue) }.map { row in
            UnreadablePhoto(path: path(photos[row]), reason: photo(row).failure?.reason ?? "")
        }
    }
}
