import DeepFace
import Foundation

/// Faces that can be compared with each other: all of one recipe.
public struct FaceCollection: Sendable, Equatable, Codable {
    public let id: Int64
    /// Its own in all the world, so that files made for another collection of the same name are known as such.
    public let identifier: UUID
    public let name: String
    /// How its embeddings were made.
    public let recipe: EmbeddingRecipe
    /// Numbers in an embedding.
    public let dimensions: Int
    /// Whether vectors and photos are encrypted where they are kept.
    public let isEncrypted: Bool
    public let created: Date

    public init(
        id: Int64, identifier: UUID, name: String, recipe: EmbeddingRecipe, dimensions: Int, isEncrypted: Bool,
        created: Date
    ) {
        (self.id, self.identifier, self.name, self.recipe) = (id, identifier, name, recipe)
        (self.dimensions, self.isEncrypted, self.created) = (dimensions, isEncrypted, created)
    }
}

/// A collection that is to be.
public struct CollectionPlan: Sendable {
    public var name: String
    public var recipe: EmbeddingRecipe
    public var dimensions: Int
    /// Needs a key. Default: false.
    public var isEncrypted: Bool

    public init(name: String, recipe: EmbeddingRecipe, dimensions: Int, isEncrypted: Bool = false) {
        (self.name, self.recipe, self.dimensions, self.isEncrypted) = (name, recipe, dimensions, isEncrypted)
    }
}

/// Somebody whose faces are registered. A name stands for one person of a collection.
public struct Person: Sendable, Equatable, Codable {
    public let id: Int64
    public let name: String
    /// Registered faces.
    public let samples: Int
    public let created: Date

    public init(id: Int64, name: String, samples: Int, created: Date) {
        (self.id, self.name, self.samples, self.created) = (id, name, samples, created)
    }
}

/// A registered face.
public struct Sample: Sendable, Equatable, Codable {
    public let id: Int64
    /// The person's name.
    public let person: String
    /// The photo, as it was called when it was registered.
    public let image: String
    /// SHA-256 of the photo's file, in hexadecimal digits.
    public let hash: String
    public let facialArea: FacialArea
    /// How sure the detector was, two decimals.
    public let faceConfidence: Double
    public let created: Date
    /// What was read off it when it was registered; `nil` where nothing was.
    public let attributes: FaceAttributes?

    enum CodingKeys: String, CodingKey {
        case id, person, image, hash, created, attributes
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }

    public init(
        id: Int64, person: String, image: String, hash: String, facialArea: FacialArea, faceConfidence: Double,
        created: Date, attributes: FaceAttributes? = nil
    ) {
        (self.id, self.person, self.image, self.hash) = (id, person, image, hash)
        (self.facialArea, self.faceConfidence, self.created) = (facialArea, faceConfidence, created)
        self.attributes = attributes
    }
}

/// A face that is to be registered.
public struct NewFace: Sendable {
    public var person: String
    public var image: String
    /// SHA-256 of the photo's file, in hexadecimal digits.
    public var hash: String
    public var facialArea: FacialArea
    public var faceConfidence: Double
    public var vector: [Float]
    /// The photo's file, where it is to be kept.
    public var photo: Data?
    /// When it was registered first, of a face that comes from another store. Default: `nil`, now.
    public var created: Date?
    /// What was read off it. Default: `nil`, nothing; filters by attributes pass it over then.
    public var attributes: FaceAttributes?

    public init(
        person: String, image: String, hash: String, facialArea: FacialArea, faceConfidence: Double, vector: [Float],
        photo: Data? = nil, created: Date? = nil, attributes: FaceAttributes? = nil
    ) {
        (self.person, self.image, self.hash, self.facialArea) = (person, image, hash, facialArea)
        (self.faceConfidence, self.vector, self.photo, self.created) = (faceConfidence, vector, photo, created)
        self.attributes = attributes
    }
}

extension EmbeddingRecipe {
    /// As JSON, the keys in order: how stores keep it.
    var text: String {
        get throws(DeepFaceError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            guard let data = try? encoder.encode(self) else {
                throw DeepFaceError(.engine, "a recipe cannot be written as JSON")
            }
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// What became of a face that was to be registered.
public struct AddedFace: Sendable, Equatable, Codable {
    /// The sample's id.
    public let id: Int64
    /// The person it belongs to: not the one that was named, when the face was there already.
    public let person: String
    /// False: it was there already.
    public let isNew: Bool

    public init(id: Int64, person: String, isNew: Bool) {
        (self.id, self.person, self.isNew) = (id, person, isNew)
    }
}

/// A sample's embedding.
public struct StoredVector: Sendable, Equatable {
    /// The sample's id.
    public let id: Int64
    public let vector: [Float]

    public init(id: Int64, vector: [Float]) { (self.id, self.vector) = (id, vector) }
}

/// Samples that were taken away.
public struct Removals: Sendable, Equatable {
    /// The number of the last one.
    public let last: Int64
    public let ids: [Int64]

    public init(last: Int64, ids: [Int64]) { (self.last, self.ids) = (last, ids) }
}

/// What came to a store and what was taken away.
public struct Changes: Sendable, Equatable {
    public let vectors: [StoredVector]
    /// As they were after `vectors` were read.
    public let removals: Removals

    public init(vectors: [StoredVector], removals: Removals) { (self.vectors, self.removals) = (vectors, removals) }
}

/// A sample with its embedding.
public struct StoredFace: Sendable, Equatable {
    public let sample: Sample
    public let vector: [Float]

    public init(sample: Sample, vector: [Float]) { (self.sample, self.vector) = (sample, vector) }
}
