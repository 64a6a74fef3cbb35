import DeepFace
import FaceStores
import Foundation

/// A collection as the contract has it.
struct CollectionReply: Encodable {
    let name, model, detector: String
    let align: Alignment
    let normalization: Normalization
    let expand, dimensions: Int
    let encrypted: Bool
    let people, samples: Int
    let created: Date

    init(_ collection: FaceCollection, in store: any FaceStore) async throws(DeepFaceError) {
        let recipe = collection.recipe
        (name, model, detector) = (collection.name, recipe.model, recipe.detector)
        (align, normalization, expand) = (recipe.align, recipe.normalization, recipe.expand)
        (dimensions, encrypted, created) = (collection.dimensions, collection.isEncrypted, collection.created)
        people = try await store.peopleCount(of: collection)
        samples = try await store.sampleCount(of: collection)
    }
}

/// What became of a photo that was to be registered.
struct RegisteredReply: Encodable {
    let samples: [Face]
    /// Left out where there is none.
    let rejected: [RejectedFace]?

    struct Face: Encodable {
        let id: Int64
        let person: String
        let isNew: Bool

        enum CodingKeys: String, CodingKey {
            case id, person
            case isNew = "is_new"
        }
    }

    init(_ photo: PhotoFaces<AddedFace>) {
        samples = photo.faces.map { Face(id: $0.id, person: $0.person, isNew: $0.isNew) }
        rejected = photo.rejectedOrNone
    }
}
