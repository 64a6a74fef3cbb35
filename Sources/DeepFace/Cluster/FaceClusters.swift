/// The faces of a folder of photos, grouped into people.
public struct FaceClusters: Sendable, Equatable {
    /// The folder, as it was named.
    public let folder: String
    public let model, detector: String
    public let metric: DistanceMetric
    /// The largest mean distance of one person's faces.
    public let threshold: Double
    public let photos, faces: Int
    /// The person with the most faces first.
    public let clusters: [FaceCluster]
    /// Faces that are nobody's of these.
    public let unclustered: [ClusteredFace]
}

/// Faces that are taken for one person's.
public struct FaceCluster: Sendable, Equatable {
    /// Stays when photos come and go.
    public let id: Int
    /// `nil` where nobody has named it.
    public let name: String?
    /// How many of the faces were known by this name; 0 where it is kept from an earlier run.
    public let votes: Int
    /// The most typical first.
    public let members: [ClusteredFace]
}

/// A face of a photo that was grouped.
public struct ClusteredFace: Sendable, Equatable {
    /// The photo: the folder as it was named, and the path from there.
    public let identity: String
    /// SHA-256 of the photo's bytes.
    public let hash: String
    public let box: FaceBox
    /// The detector's, two decimals.
    public let confidence: Double
    /// From the center of its person's faces, six decimals; `nil` for a face that is nobody's.
    public let distance: Double?
}

extension FaceClusters: Encodable {
    enum CodingKeys: String, CodingKey {
        case folder, model, threshold, photos, faces, clusters, unclustered
        case detector = "detector_backend"
        case metric = "similarity_metric"
    }
}

extension FaceCluster: Encodable {
    enum CodingKeys: String, CodingKey {
        case id, name, votes, size, members
    }

    /// The name is always written, `null` where there is none.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(votes, forKey: .votes)
        try container.encode(members.count, forKey: .size)
        try container.encode(members, forKey: .members)
    }
}

extension ClusteredFace: Encodable {
    enum CodingKeys: String, CodingKey {
        case identity, hash, distance
        case area = "facial_area"
        case confidence = "face_confidence"
    }

    private struct Area: Encodable {
        let x, y, w, h: Int
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(identity, forKey: .identity)
        try container.encode(hash, forKey: .hash)
        try container.encode(Area(x: box.x, y: box.y, w: box.w, h: box.h), forKey: .area)
        try container.encode(confidence, forKey: .confidence)
        try container.encodeIfPresent(distance, forKey: .distance)
    }
}
