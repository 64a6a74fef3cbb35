import Crypto
import Foundation
import Synchronization

/// Embeds photos of a folder, each by itself so that what comes out does not depend on the others, and each content
/// once.
final class GalleryEmbedder: Sendable {
    /// What became of a photo.
    enum Outcome: Sendable {
        /// With how many of its faces were turned away for their quality.
        case embedded(GalleryPhoto, rejected: Int)
        /// Its content is known, or another photo with the same content is being embedded.
        case known(PhotoFile, ContentDigest)
        /// It was gone, or could not be opened, when its turn came.
        case unreadable(UnreadablePhoto)
    }

    private let deepface: DeepFace
    private let options: Options
    private let folder: String
    /// Contents that are known or being embedded.
    private let known: Mutex<Set<ContentDigest>>

    init(_ deepface: DeepFace, _ options: Options, folder: String, known: Set<ContentDigest>) {
        (self.deepface, self.options, self.folder) = (deepface, options, folder)
        self.known = Mutex(known)
    }

    /// - Throws: what would fail every photo: `weightsMissing`, `engine`, `cancelled`, …
    func embed(_ file: PhotoFile) async throws(DeepFaceError) -> Outcome {
        let path = "\(folder)/\(file.path)"
        let limit = deepface.configuration.limits.maximumBytes
        let data: Data
        switch try await deepface.pool.run({ () throws(DeepFaceError) in Self.content(of: path, limit) }) {
        case .success(let content): data = content
        case .failure(let problem):
            guard case .tooLarge = problem else {
                return .unreadable(UnreadablePhoto(path: file.path, reason: "\(problem)"))
            }
            return .embedded(
                GalleryPhoto(
                    file: file, digest: ContentDigest(), faces: [], failure: .init(.unreadable, "\(problem)")),
                rejected: 0)
        }
        let digest = ContentDigest(SHA256.hash(data: data))
        guard known.withLock({ $0.insert(digest).inserted }) else { return .known(file, digest) }
        do throws(DeepFaceError) {
            let shown = try await deepface.representPhotos([.data(data, name: path)], options: options)[0].get()
            // A face without direction has no distance to any other.
            let usable = shown.faces.filter { face in face.embedding.contains { $0 != 0 } }
            return .embedded(
                GalleryPhoto(file: file, digest: digest, faces: usable.map(GalleryPhoto.Face.init)),
                rejected: shown.rejected.count)
        } catch {
            guard let failure = GalleryPhoto.Failure(error) else { throw error.naming(path) }
            return .embedded(GalleryPhoto(file: file, digest: digest, faces: [], failure: failure), rejected: 0)
        }
    }

    private static func content(of path: String, _ limit: Int) -> Result<Data, RegularFile.Problem> {
        do throws(RegularFile.Problem) {
            return .success(Data(try RegularFile.bytes(of: path, limit: limit)))
        } catch {
            return .failure(error)
        }
    }
}
