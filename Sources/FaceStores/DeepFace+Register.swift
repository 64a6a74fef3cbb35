import Crypto
import DeepFace
import Foundation

/// A photo to register.
public struct PhotoToRegister: Sendable {
    public var source: ImageSource
    /// Who it shows; then it may show one face only. `nil`: named after the photo, and each of its faces is somebody:
    /// `group`, `group#2`, …
    public var person: String?

    public init(_ source: ImageSource, person: String? = nil) { (self.source, self.person) = (source, person) }
}

/// Where photos are registered, and how.
public struct Registration: Sendable {
    /// The collection, which is made if it is not there. Default: `default`.
    public var collection = "default"
    /// Whether a collection that is made is encrypted. Default: false.
    public var isEncrypted = false
    /// Whether the photos' files are kept with the faces. Default: false.
    public var keepsPhotos = false
    /// What reads attributes off the faces, to be kept with them: at most one model of each. Default: none.
    public var attributes: [AttributeModel] = []

    public init() {}
}

extension DeepFace {
    /// Registers the faces of photos: each one's embedding, under a person's name. A photo whose faces are there
    /// already is not worked on again. One photo's failure leaves the others' results as they are.
    ///
    /// Photos are worked on a portion at a time, and what a portion gave is in the store before the next begins.
    ///
    /// - Parameter progress: hears how many photos are done.
    /// - Returns: for each photo, its faces, or why it was refused.
    /// - Throws: what fails for all: `storeUnavailable`, `storeInconsistent`, `recipeMismatch`, `weightsMissing`, ….
    public func register(
        _ photos: [PhotoToRegister], in store: any FaceStore, _ registration: Registration = Registration(),
        options: Options? = nil, progress: (Int) -> Void = { _ in }
    ) async throws(DeepFaceError) -> [Result<[AddedFace], DeepFaceError>] {
        try await registerPhotos(photos, in: store, registration, options: options, progress: progress)
            .map { $0.map(\.faces) }
    }

    /// As `register`, and the faces that were turned away for their quality.
    public func registerPhotos(
        _ photos: [PhotoToRegister], in store: any FaceStore, _ registration: Registration = Registration(),
        options: Options? = nil, progress: (Int) -> Void = { _ in }
    ) async throws(DeepFaceError) -> [Result<PhotoFaces<AddedFace>, DeepFaceError>] {
        let options = options ?? self.options
        let recipe = EmbeddingRecipe(options, configuration)
        let collection = try await store.makeCollection(
            CollectionPlan(
                name: registration.collection, recipe: recipe, dimensions: options.model.dimensions,
                isEncrypted: registration.isEncrypted))
        try collection.check(recipe)
        if registration.isEncrypted, !collection.isEncrypted {
            throw DeepFaceError(
                .invalidOption, "the collection is there already, and not encrypted", input: collection.name,
                advice: "choose another with --collection")
        }
        var results: [Result<PhotoFaces<AddedFace>, DeepFaceError>] = []
        for start in stride(from: 0, to: photos.count, by: Self.portion) {
            let portion = Array(photos[start..<min(start + Self.portion, photos.count)])
            results += try await register(portion, store, collection, options, registration)
            progress(results.count)
        }
        return results
    }

    /// Photos that are worked on, and committed, together.
    private static let portion = 64

    private func register(
        _ photos: [PhotoToRegister], _ store: any FaceStore, _ collection: FaceCollection, _ options: Options,
        _ registration: Registration
    ) async throws(DeepFaceError) -> [Result<PhotoFaces<AddedFace>, DeepFaceError>] {
        var results: [Result<PhotoFaces<AddedFace>, DeepFaceError>?] = Array(repeating: nil, count: photos.count)
        var new: [(place: Int, file: Data, hash: String)] = []
        for (place, photo) in photos.enumerated() {
            do throws(DeepFaceError) {
                let file = try await photoFile(photo.source)
                let hash = SHA256.hash(data: file).map { String(format: "%02x", $0) }.joined()
                let known = try await store.samples(ofPhoto: hash, in: collection)
                if known.isEmpty {
                    new.append((place, file, hash))
                } else {
                    results[place] = .success(
                        PhotoFaces(faces: known.map { AddedFace(id: $0.id, person: $0.person, isNew: false) }))
                }
            } catch  where error.isOfOnePhoto {
                results[place] = .failure(error)
            }
        }
        let sources = new.map { ImageSource.data($0.file, name: photos[$0.place].source.name) }
        let shown = await representPhotos(sources, options: options)
        let attributes = await attributes(of: shown, in: sources, registration)
        var adding: [(place: Int, faces: [NewFace], rejected: [RejectedFace])] = []
        for ((photo, result), attributes) in zip(zip(new, shown), attributes) {
            do throws(DeepFaceError) {
                let faces = try result.get()
                var named = try photos[photo.place].named(
                    faces.faces, hash: photo.hash, file: registration.keepsPhotos ? photo.file : nil)
                for (place, attributes) in try attributes.get().enumerated() { named[place].attributes = attributes }
                adding.append((photo.place, named, faces.rejected))
            } catch  where error.isOfOnePhoto {
                results[photo.place] = .failure(error)
            }
        }
        var added = try await store.add(adding.flatMap(\.faces), to: collection)[...]
        for (place, faces, rejected) in adding {
            results[place] = .success(PhotoFaces(faces: Array(added.prefix(faces.count)), rejected: rejected))
            added = added.dropFirst(faces.count)
        }
        return results.map { $0 ?? .failure(DeepFaceError(.engine, "a photo was lost")) }
    }

    /// What the faces that were found tell, where that is asked for.
    private func attributes(
        of shown: [Result<PhotoFaces<Representation>, DeepFaceError>], in photos: [ImageSource],
        _ registration: Registration
    ) async -> [Result<[FaceAttributes?], DeepFaceError>] {
        if registration.attributes.isEmpty { return photos.map { _ in .success([]) } }
        let areas = shown.map { photo in ((try? photo.get())?.faces ?? []).map(\.facialArea) }
        return await attributes(of: areas, in: photos, by: registration.attributes)
    }
}

extension PhotoToRegister {
    /// The photo's faces with the names of the people they are.
    fileprivate func named(
        _ faces: [Representation], hash: String, file: Data?
    ) throws(DeepFaceError) -> [NewFace] {
        if let person, faces.count > 1 {
            throw DeepFaceError(
                .invalidOption, "it shows \(faces.count) faces, and only one of them can be \(person)",
                input: source.name, advice: "register the largest with --max-faces 1, or a photo of one face")
        }
        let stem = person ?? URL(fileURLWithPath: source.name).deletingPathExtension().lastPathComponent
        return faces.enumerated().map { index, face in
            NewFace(
                person: index == 0 ? stem : "\(stem)#\(index + 1)", image: source.name, hash: hash,
                facialArea: face.facialArea, faceConfidence: face.faceConfidence, vector: face.embedding, photo: file)
        }
    }
}

extension FaceCollection {
    /// Refuses embeddings that were made in another way than those of the collection.
    ///
    /// - Throws: `recipeMismatch`.
    public func check(_ recipe: EmbeddingRecipe) throws(DeepFaceError) {
        let differences = self.recipe.differences(from: recipe)
        guard differences.isEmpty else {
            throw DeepFaceError(
                .recipeMismatch,
                "the collection's embeddings were made in another way: \(differences.joined(separator: ", "))",
                input: name, advice: "use the same settings, or another collection (--collection)")
        }
    }
}

extension DeepFaceError {
    /// Whether it is a photo's fault and no other photo's.
    fileprivate var isOfOnePhoto: Bool {
        switch code {
        case .noFace, .lowQuality, .spoofDetected, .unreadableInput, .invalidEmbedding: true
        case .invalidOption: input != nil
        default: false
        }
    }
}
