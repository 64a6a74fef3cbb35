import DeepFace
import Foundation

/// A person as JSON: how the command prints people, and how the server tells of them.
public struct PersonDocument: Sendable, Encodable {
    public let name: String
    /// Registered faces.
    public let faces: Int
    /// ISO 8601.
    public let created: String
    /// One whose photo was kept, for a list of people.
    public var portrait: SampleDocument?
    public var samples: [SampleDocument]?

    public init(_ person: Person, portrait: SampleDocument? = nil, samples: [SampleDocument]? = nil) {
        (name, faces, created) = (person.name, person.samples, person.created.formatted(.iso8601))
        (self.portrait, self.samples) = (portrait, samples)
    }
}

/// A registered face as JSON.
public struct SampleDocument: Sendable, Encodable {
    public let id: Int64
    public let image, hash: String
    public let facialArea: FacialArea
    public let faceConfidence: Double
    /// ISO 8601.
    public let created: String
    /// Where they were read when it was registered.
    public let attributes: FaceAttributes?
    /// Whether the photo was kept.
    public let hasPhoto: Bool

    enum CodingKeys: String, CodingKey {
        case id, hash, created, attributes
        case image = "img_name"
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
        case hasPhoto = "has_photo"
    }

    public init(_ sample: Sample, hasPhoto: Bool) {
        (id, image, hash) = (sample.id, sample.image, sample.hash)
        (facialArea, faceConfidence) = (sample.facialArea, sample.faceConfidence)
        (created, attributes, self.hasPhoto) = (sample.created.formatted(.iso8601), sample.attributes, hasPhoto)
    }
}

extension FaceStore {
    /// Samples with what the store knows of their photos.
    public func documents(
        _ samples: [Sample], in collection: FaceCollection
    ) async throws(DeepFaceError) -> [SampleDocument] {
        let kept = try await keptPhotos(Set(samples.map(\.hash)), in: collection)
        return samples.map { SampleDocument($0, hasPhoto: kept.contains($0.hash)) }
    }
}
