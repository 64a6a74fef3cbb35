import Crypto
import Foundation
import VectorIndex

extension Gallery {
    /// The gallery with what these models read off its faces, which stays in its file: only photos are looked at that it
    /// was not read off yet, or by another model. What is done stays done when a run is stopped, some hundred photos
    /// aside. A photo that is gone or has changed is passed over: its faces meet no filter.
    ///
    /// - Parameter models: at most one of each attribute.
    /// - Throws: `unwritableOutput`, `invalidOption`, `weightsMissing`, `weightsDamaged`, `engine`, `cancelled`.
    public func reading(
        _ models: [AttributeModel], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) -> Gallery {
        if file.photosLacking(models).isEmpty { return self }
        // One process at a time; another may have done the work meanwhile.
        let recipe = file.recipe
        let journal = try await GalleryJournal(of: url, recipe: recipe.digits("gallery "), seal: seal)
        var embedded = options
        embedded.antiSpoofing = false
        let refresh = GalleryRefresh(
            deepface: deepface, options: embedded, folder: folder, url: url, recipe: recipe, seal: seal)
        var current = try refresh.stored().gallery ?? file
        let lacking = current.photosLacking(models)
        var photos = current.photos.indices.map(current.photo)
        let reader = GalleryAttributeReader(deepface: deepface, options: embedded, folder: folder, models: models)
        var names = current.attributeModels
        for model in models { names[model.attribute.rawValue] = model.name }
        // What another model has read does not count any more.
        let replaced = models.filter { current.attributeModels[$0.attribute.rawValue] != $0.name }.map(\.attribute)
        if !replaced.isEmpty { for row in photos.indices { photos[row].forget(replaced) } }
        for start in stride(from: 0, to: lacking.count, by: Self.portion) {
            let portion = lacking[start..<min(start + Self.portion, lacking.count)]
            for (row, photo) in zip(portion, try await reader.read(portion.map { photos[$0] })) { photos[row] = photo }
            progress(start + portion.count, lacking.count)
            let isLast = start + Self.portion >= lacking.count
            if isLast || (start / Self.portion + 1) % Self.portionsKept == 0 {
                current = try await refresh.commit(photos, names)
            }
        }
        withExtendedLifetime(journal) {}
        return with(current)
    }

    /// Photos that are worked on together, and portions that are written together.
    private static let portion = 32
    private static let portionsKept = 16

    /// The faces that meet a filter; `nil`: there is none.
    ///
    /// - Throws: `invalidOption` when what the filter asks for was read off no face.
    func faces(meeting filter: AttributeFilter?) throws(DeepFaceError) -> IDSet? {
        guard let filter else { return nil }
        for attribute in filter.attributes where file.attributeModels[attribute.rawValue] == nil && faceCount > 0 {
            throw DeepFaceError(
                .invalidOption, "the gallery does not tell the \(attribute.rawValue) of its faces", input: url.path,
                advice: "have it read first: Gallery.reading")
        }
        return IDSet(
            (0..<Int64(faceCount)).lazy.filter { [file] in filter.matches(file.attributes(Int($0)).attributes) })
    }
}

/// Reads attributes off photos of a gallery.
private struct GalleryAttributeReader {
    let deepface: DeepFace
    let options: Options
    let folder: String
    let models: [AttributeModel]

    /// The photos with what was read; those that are gone or have changed as they were.
    func read(_ photos: [GalleryPhoto]) async throws(DeepFaceError) -> [GalleryPhoto] {
        let (deepface, folder, limit) = (deepface, folder, deepface.configuration.limits.maximumBytes)
        let contents = try await deepface.pool.run { () throws(DeepFaceError) in
            photos.map { photo in
                let content = try? RegularFile.bytes(of: "\(folder)/\(photo.file.path)", limit: limit)
                return content.map { Data($0) }.flatMap {
                    ContentDigest(SHA256.hash(data: $0)) == photo.digest ? $0 : nil
                }
            }
        }
        let present = photos.indices.filter { contents[$0] != nil }
        let sources = present.map { ImageSource.data(contents[$0] ?? Data(), name: photos[$0].file.path) }
        // The gallery has no eyes: its faces are found again, where they were.
        let finder = try await deepface.finder(.recognition(), options)
        let found = await deepface.faces(of: sources, with: finder) { face, _ in face.area }
        var areas: [[FacialArea]] = []
        for result in found {
            switch result {
            case .success(let photo): areas.append(photo.faces)
            case .failure(let error) where GalleryPhoto.Failure(error) != nil: areas.append([])
            case .failure(let error): throw error
            }
        }
        let readings = await deepface.attributes(of: areas, in: sources, by: models)
        var photos = photos
        for (place, (areas, reading)) in zip(present, zip(areas, readings)) {
            let readings: [FaceAttributes?]
            switch reading {
            case .success(let success): readings = success
            case .failure(let error) where error.code == .unreadableInput: readings = []
            case .failure(let error): throw error
            }
            photos[place].note(models.map(\.attribute), Array(zip(areas, readings)))
        }
        return photos
    }
}

extension GalleryPhoto {
    /// Puts what was read into the faces at those places.
    fileprivate mutating func note(
        _ attributes: [Attribute], _ readings: [(area: FacialArea, reading: FaceAttributes?)]
    ) {
        for index in faces.indices {
            let face = faces[index]
            let match = readings.first {
                $0.area.x == face.x && $0.area.y == face.y && $0.area.w == face.w && $0.area.h == face.h
            }
            var row = face.attributes ?? AttributeRow()
            row.note(attributes, match?.reading)
            faces[index].attributes = row
        }
    }

    fileprivate mutating func forget(_ attributes: [Attribute]) {
        for index in faces.indices { faces[index].attributes?.forget(attributes) }
    }
}

extension GalleryFile {
    /// The rows of photos with a face that one of these models was not asked about.
    fileprivate func photosLacking(_ models: [AttributeModel]) -> [Int] {
        let isOthers = models.contains { attributeModels[$0.attribute.rawValue] != $0.name }
        return photos.indices.filter { row in
            let photo = photos[row]
            return (photo.firstFace..<photo.firstFace + Int(photo.faceCount)).contains { face in
                isOthers || models.contains { !attributes(face).has($0.attribute) }
            }
        }
    }
}
