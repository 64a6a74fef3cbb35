import DeepFace
import Foundation

/// Whether a photo shows a registered person: what comparing it with the nearest of the person's faces says.
public struct PersonVerification: Sendable, Encodable {
    public let verification: Verification
    public let person: String
    /// The registered face that is nearest. Its place in its photo is `facialAreas.img2`.
    public let sample: Sample

    enum CodingKeys: String, CodingKey {
        case person, sample
    }

    private enum SampleKeys: String, CodingKey {
        case id, hash
        case image = "img_name"
    }

    public func encode(to encoder: any Encoder) throws {
        try verification.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(person, forKey: .person)
        var place = container.nestedContainer(keyedBy: SampleKeys.self, forKey: .sample)
        try place.encode(sample.id, forKey: .id)
        try place.encode(sample.image, forKey: .image)
        try place.encode(sample.hash, forKey: .hash)
    }
}

extension DeepFace {
    /// Judges whether a photo shows a registered person. Only that person's vectors are read: no index is needed, and
    /// it does not matter how many others are registered.
    ///
    /// - Throws: as `represent`, and `recipeMismatch`, `storeUnavailable`, `storeInconsistent`; `notFound` when the
    ///   person has no face any more.
    public func verify(
        _ photo: ImageSource, person: Person, in collection: FaceCollection, of store: any FaceStore,
        options: Options? = nil
    ) async throws(DeepFaceError) -> PersonVerification {
        let options = options ?? self.options
        let start = ContinuousClock.now
        try collection.check(EmbeddingRecipe(options, configuration))
        let samples = try await store.samples(of: person, in: collection)
        let vectors = try await store.vectors(samples.map(\.id), of: collection)
        let faces = try await represent([photo], options: options)[0].get()
        let sampleOf = Dictionary(uniqueKeysWithValues: samples.map { ($0.id, $0) })
        var nearest: (verification: Verification, sample: Sample)?
        for stored in vectors {
            guard let sample = sampleOf[stored.id] else { continue }
            let registered = Representation(
                embedding: stored.vector, facialArea: sample.facialArea, faceConfidence: sample.faceConfidence)
            let verification = try verify(faces, [registered], options: options)
            if verification.distance < nearest?.verification.distance ?? .infinity {
                nearest = (verification, sample)
            }
        }
        guard var nearest else {
            throw DeepFaceError(.notFound, "the person has no face any more", input: person.name)
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        nearest.verification = nearest.verification.taking(seconds: seconds)
        return PersonVerification(verification: nearest.verification, person: person.name, sample: nearest.sample)
    }
}
