import Foundation

/// Embeds photos, each by itself so that what comes out does not depend on the others, and takes the time.
struct PhotoEmbedder: Sendable {
    let deepface: DeepFace
    let options: Options
    /// Photos at once.
    let parallel: Int

    /// Embeds photos and keeps what comes out in `cache`.
    ///
    /// - Parameter progress: hears of every photo.
    /// - Throws: what would fail every photo (`weightsMissing`, `engine`, `cancelled`, …), and `unwritableOutput`.
    func embed(
        _ photos: [(digest: String, path: String)], into cache: EmbeddingCache, progress: () -> Void
    ) async throws(DeepFaceError) {
        // Weights load and memory is taken before the clock runs.
        if let first = photos.first { _ = try await embed(first.path, first.digest) }
        let failure = await withTaskGroup(of: Result<EmbeddedPhoto, DeepFaceError>.self) { group in
            var waiting = photos.makeIterator()
            func start() {
                guard let photo = waiting.next() else { return }
                group.addTask {
                    await outcome { () async throws(DeepFaceError) in try await embed(photo.path, photo.digest) }
                }
            }
            for _ in 0..<max(1, parallel) { start() }
            while let done = await group.next() {
                do throws(DeepFaceError) {
                    try cache.add(done.get())
                } catch {
                    group.cancelAll()
                    return error as DeepFaceError?
                }
                progress()
                start()
            }
            return nil
        }
        if let failure { throw failure }
    }

    private func embed(_ path: String, _ digest: String) async throws(DeepFaceError) -> EmbeddedPhoto {
        let data: Data
        do throws(RegularFile.Problem) {
            data = Data(try RegularFile.bytes(of: path))
        } catch {
            throw .unreadable(error.description).naming(path)
        }
        guard WeightStore.sha256(data) == digest else {
            throw .unreadable("it has changed since the evaluation began").naming(path)
        }
        let start = ContinuousClock.now
        let faces = await deepface.represent([.data(data, name: path)], options: options)[0]
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        switch faces {
        case .success(let faces):
            return EmbeddedPhoto(
                photo: digest, seconds: seconds, faces: faces.map(\.embedding),
                quality: options.measuresQuality ? faces.map { $0.quality?.score ?? 0 } : nil)
        case .failure(let error):
            guard let failure = EmbeddedPhoto.Failure(error) else { throw error }
            return EmbeddedPhoto(photo: digest, seconds: seconds, faces: [], failure: failure)
        }
    }
}
