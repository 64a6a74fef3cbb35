import DeepFace

/// A comparison of two collections: for each face of one, the nearest of the other. Compared with itself, a collection's
/// faces do not find themselves.
public struct CollectionMatch: Sendable {
    /// The faces that are looked for, and those among which they are.
    public let probes, gallery: Side
    public let metric: DistanceMetric
    /// At most so many faces for each.
    public let limit: Int
    /// None farther; `nil`: no matter how far.
    public let distance: Double?

    /// A collection in its store.
    public struct Side: Sendable {
        public let store: any FaceStore
        public let collection: FaceCollection

        public init(store: any FaceStore, collection: FaceCollection) {
            (self.store, self.collection) = (store, collection)
        }

        var reader: CollectionReader { CollectionReader(collection: collection, store: store) }
    }

    /// - Throws: `recipeMismatch` when the embeddings of one were made in another way than those of the other;
    ///   `invalidOption`.
    public init(
        _ probes: Side, among gallery: Side, metric: DistanceMetric, limit: Int, within distance: Double? = nil
    ) throws(DeepFaceError) {
        guard limit > 0 else { throw DeepFaceError(.invalidOption, "a match needs a number of faces from 1") }
        if let distance, !distance.isFinite {
            throw DeepFaceError(.invalidOption, "a distance is a finite number", input: "\(distance)")
        }
        try gallery.collection.check(probes.collection.recipe, dimensions: probes.collection.dimensions)
        (self.probes, self.gallery, self.metric) = (probes, gallery, metric)
        (self.limit, self.distance) = (limit, distance)
    }

    var isWithItself: Bool { probes.collection.identifier == gallery.collection.identifier }
}

/// A face with the nearest of the other collection.
public struct MatchedFace: Sendable, Codable, Equatable {
    /// The sample's id.
    public let id: Int64
    public let person, image: String
    /// Nearest first; of those equally far, the one with the lower id.
    public let matches: [Match]

    public struct Match: Sendable, Codable, Equatable {
        /// The sample's id.
        public let id: Int64
        public let person, image: String
        /// Six decimals.
        public let distance: Double

        public init(id: Int64, person: String, image: String, distance: Double) {
            (self.id, self.person, self.image, self.distance) = (id, person, image, distance)
        }

        enum CodingKeys: String, CodingKey {
            case id, person, distance
            case image = "img_name"
        }
    }

    public init(id: Int64, person: String, image: String, matches: [Match]) {
        (self.id, self.person, self.image, self.matches) = (id, person, image, matches)
    }

    enum CodingKeys: String, CodingKey {
        case id, person, matches
        case image = "img_name"
    }
}
