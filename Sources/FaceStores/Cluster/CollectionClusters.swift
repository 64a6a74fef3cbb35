import DeepFace
import VectorIndex

/// The registered faces of a collection, grouped by who they look like, whatever their names say.
public struct CollectionClusters: Sendable, Encodable {
    public let collection, model: String
    public let metric: DistanceMetric
    /// The largest mean distance of one person's faces.
    public let threshold: Double
    public let faces: Int
    /// The largest first.
    public let clusters: [Group]
    /// Faces that are near nobody's.
    public let unclustered: [Face]
    /// People who seem to be one.
    public let duplicates: [Duplicate]
    /// Faces that seem to be somebody else's.
    public let misplaced: [Misplaced]

    public struct Face: Sendable, Encodable {
        /// The sample's id.
        public let id: Int64
        public let person, image: String
        /// From the center of its group, six decimals.
        public let distance: Double?

        enum CodingKeys: String, CodingKey {
            case id, person, distance
            case image = "img_name"
        }
    }

    public struct Group: Sendable, Encodable {
        /// Its place in the list, from 1.
        public let id: Int
        /// Those whose faces are in it, the one with the most first.
        public let people: [Share]
        public let members: [Face]
    }

    /// How many of a group's faces are a person's.
    public struct Share: Sendable, Encodable, Equatable {
        public let person: String
        public let faces: Int
    }

    public struct Duplicate: Sendable, Encodable, Equatable {
        /// By name.
        public let people: [String]
        /// The group that most faces of each are in.
        public let cluster: Int
    }

    public struct Misplaced: Sendable, Encodable, Equatable {
        /// The sample's id.
        public let id: Int64
        /// Whose it is now, and whose it seems to be.
        public let person, nearer: String
        public let image: String

        enum CodingKeys: String, CodingKey {
            case id, person, nearer
            case image = "img_name"
        }
    }

    enum CodingKeys: String, CodingKey {
        case collection, model, threshold, faces, clusters, unclustered, duplicates, misplaced
        case metric = "similarity_metric"
    }
}

extension CollectionClusters {
    /// Groups the faces of a collection. Two faces of one photo are never in one group.
    ///
    /// - Throws: `invalidOption`, `invalidEmbedding`, `storeUnavailable`, `storeInconsistent`.
    public init(
        of collection: FaceCollection, in store: any FaceStore, _ clustering: ClusterOptions = ClusterOptions(),
        metric: DistanceMetric? = nil, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(DeepFaceError) {
        let model = try RecognitionRegistry.model(named: collection.recipe.model)
        let metric = metric ?? model.metric
        let threshold = try clustering.threshold(model, metric)
        var samples: [Sample] = []
        var vectors = VectorBatch(dimensions: collection.dimensions)
        try await CollectionReader(collection: collection, store: store).readVectors(512) {
            (portion) async throws(DeepFaceError) in
            for (sample, vector) in portion {
                samples.append(sample)
                vectors.values += vector
            }
        }
        var photos: [String: Int] = [:]
        for sample in samples where photos[sample.hash] == nil { photos[sample.hash] = photos.count }
        let origins = samples.map { photos[$0.hash] ?? 0 }
        let settings = ClusterSettings(distance: metric.inIndex(threshold), leastSize: clustering.leastSize)
        let groups = try await ClusterWork.run(progress) { [vectors] (work) async throws(DeepFaceError) in
            let thread = JobThread(name: "cluster")
            return try await thread.run {
                Result { () throws(DeepFaceError) in
                    try work.clusters(of: vectors, origins: origins, metric: metric.indexed, settings)
                }
            }.get()
        }
        var clusters: [Group] = []
        for (place, rows) in groups.clusters.enumerated() {
            var members: [Face] = []
            for row in rows {
                members.append(
                    Face(samples[row], try metric.roundedDistance(Array(vectors[row]), groups.centers[place])))
            }
            members.sort { ($0.distance ?? 0, $0.id) < ($1.distance ?? 0, $1.id) }
            clusters.append(Group(id: place + 1, people: Share.of(members.map(\.person)), members: members))
        }
        self.collection = collection.name
        (self.model, self.metric, self.threshold) = (model.name, metric, threshold)
        (faces, self.clusters) = (samples.count, clusters)
        unclustered = groups.rest.map { Face(samples[$0], nil) }
        let homes = Homes(clusters)
        (duplicates, misplaced) = (homes.duplicates, homes.misplaced(clusters))
    }
}

extension CollectionClusters.Face {
    fileprivate init(_ sample: Sample, _ distance: Double?) {
        self.init(id: sample.id, person: sample.person, image: sample.image, distance: distance)
    }
}

extension CollectionClusters.Share {
    fileprivate static func of(_ people: [String]) -> [Self] {
        let counts = Dictionary(people.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.map { Self(person: $0.key, faces: $0.value) }
            .sorted { ($1.faces, $0.person) < ($0.faces, $1.person) }
    }
}
