import DeepFace
import Foundation

/// What is searched for among registered faces.
public struct RegisteredSearch: Sendable {
    /// Default: `nil`, the model's own.
    public var metric: DistanceMetric?
    /// The largest distance of one person. Default: `nil`, the model's for the metric.
    public var threshold: Double?
    /// At most so many matches a face. Default: `nil`, all within the threshold; beyond it 20.
    public var limit: Int?
    /// Whether matches beyond the threshold are given too. Default: false.
    public var beyondThreshold = false
    /// Whether the collection's approximate index may answer. Default: false.
    public var approximate = false
    /// Only these people's faces count. Default: `nil`, everybody's.
    public var people: [Person]?
    /// Only faces whose attributes, as they were read when they were registered, meet it. Default: `nil`, all.
    public var filter: AttributeFilter?

    public init() {}
}

/// A registered face that a face of a photo is near to. Keys are Python's where it has them, and `person`.
public struct RegisteredMatch: Sendable, Encodable, Equatable {
    /// The sample's id.
    public let id: Int64
    public let person: String
    /// The photo that was registered, as it was called then.
    public let image: String
    /// SHA-256 of that photo's file.
    public let hash: String
    /// Where the registered face is in its photo.
    public let target: FaceBox
    /// Where the face that was searched for is in its photo.
    public let source: FaceBox
    public let threshold: Double
    /// Six decimals.
    public let distance: Double
    public let metric: DistanceMetric
    /// How sure the distance makes one of the verdict at the model's own threshold, in percent.
    public let confidence: Double
    /// Whether surely no nearer face was passed over.
    public let isExact: Bool

    enum CodingKeys: String, CodingKey {
        case id, person, hash, threshold, distance, confidence
        case image = "img_name"
        case metric = "distance_metric"
        case method = "search_method"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(person, forKey: .person)
        try container.encode(image, forKey: .image)
        try container.encode(hash, forKey: .hash)
        try container.encode(threshold, forKey: .threshold)
        try container.encode(distance, forKey: .distance)
        try container.encode(metric, forKey: .metric)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(isExact ? "exact" : "ann", forKey: .method)
        try target.encode(to: encoder, as: "target")
        try source.encode(to: encoder, as: "source")
    }
}

/// A face of a photo, and the registered faces it is near to.
public struct SearchedFace: Sendable, Encodable, Equatable {
    /// Where it is in its photo.
    public let facialArea: FacialArea
    /// How sure the detector is, two decimals.
    public let faceConfidence: Double
    /// Nearest first.
    public let matches: [RegisteredMatch]

    enum CodingKeys: String, CodingKey {
        case matches
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }
}

extension DeepFace {
    /// Finds the people of each photo among those of a collection: for each face a list of matches, nearest first. One
    /// photo's failure leaves the others' results as they are.
    public func search(
        _ photos: [ImageSource], in collection: FaceCollection, with searcher: FaceSearcher,
        _ search: RegisteredSearch = RegisteredSearch(), options: Options? = nil
    ) async -> [Result<[[RegisteredMatch]], DeepFaceError>] {
        await searchFaces(photos, in: collection, with: searcher, search, options: options)
            .map { result in result.map { faces in faces.map(\.matches) } }
    }

    /// As `search`, and where each face is.
    public func searchFaces(
        _ photos: [ImageSource], in collection: FaceCollection, with searcher: FaceSearcher,
        _ search: RegisteredSearch = RegisteredSearch(), options: Options? = nil
    ) async -> [Result<[SearchedFace], DeepFaceError>] {
        await searchPhotos(photos, in: collection, with: searcher, search, options: options).map { $0.map(\.faces) }
    }

    /// As `searchFaces`, and the faces that were turned away for their quality.
    public func searchPhotos(
        _ photos: [ImageSource], in collection: FaceCollection, with searcher: FaceSearcher,
        _ search: RegisteredSearch = RegisteredSearch(), options: Options? = nil
    ) async -> [Result<PhotoFaces<SearchedFace>, DeepFaceError>] {
        let options = options ?? self.options
        do throws(DeepFaceError) {
            try collection.check(EmbeddingRecipe(options, configuration))
            let plan = try SearchPlan(search, options)
            let shown = await representPhotos(photos, options: options)
            // All probes in one search.
            let probes = shown.flatMap { (try? $0.get())?.faces ?? [] }
            var found = try await searcher.search(
                probes.map(\.embedding), in: collection, metric: plan.metric, limit: plan.limit,
                within: search.beyondThreshold ? nil : plan.threshold, people: search.people,
                where: search.filter, approximate: search.approximate
            )[...]
            return shown.map { result in
                result.map { photo in
                    let matches = found.prefix(photo.faces.count)
                    found = found.dropFirst(photo.faces.count)
                    let faces = zip(photo.faces, matches).map { face, matches in
                        SearchedFace(
                            facialArea: face.facialArea, faceConfidence: face.faceConfidence,
                            matches: plan.rows(matches, face, options))
                    }
                    return PhotoFaces(faces: faces, rejected: photo.rejected)
                }
            }
        } catch {
            return photos.map { _ in .failure(error) }
        }
    }

    /// Finds the people of a photo among those of a collection.
    ///
    /// - Throws: as `represent`, and `recipeMismatch`, `storeUnavailable`, `storeInconsistent`.
    public func search(
        _ photo: ImageSource, in collection: FaceCollection, with searcher: FaceSearcher,
        _ search: RegisteredSearch = RegisteredSearch(), options: Options? = nil
    ) async throws(DeepFaceError) -> [[RegisteredMatch]] {
        try await self.search([photo], in: collection, with: searcher, search, options: options)[0].get()
    }
}

/// A search with its defaults filled in.
private struct SearchPlan {
    let metric: DistanceMetric
    let threshold: Double
    let limit: Int?

    init(_ search: RegisteredSearch, _ options: Options) throws(DeepFaceError) {
        metric = search.metric ?? options.metric ?? options.model.metric
        guard let threshold = search.threshold ?? options.threshold ?? options.model.thresholds[metric] else {
            throw DeepFaceError(
                .invalidOption, "\(options.model.name) has no threshold for \(metric.rawValue)",
                advice: "give one with --threshold, or choose another metric")
        }
        self.threshold = threshold
        limit = search.limit ?? (search.beyondThreshold ? 20 : nil)
    }

    func rows(_ matches: [FaceMatch], _ face: Representation, _ options: Options) -> [RegisteredMatch] {
        matches.map { match in
            RegisteredMatch(
                id: match.sample.id, person: match.sample.person, image: match.sample.image, hash: match.sample.hash,
                target: FaceBox(match.sample.facialArea), source: FaceBox(face.facialArea), threshold: threshold,
                distance: match.distance, metric: metric,
                confidence: options.model.confidence(
                    metric, distance: match.distance,
                    verified: match.distance <= options.model.thresholds[metric] ?? threshold),
                isExact: match.isExact)
        }
    }
}
