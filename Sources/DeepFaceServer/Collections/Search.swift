import DeepFace
import FaceStores

extension Route {
    static let search = Route(.post, "/v1/collections/{collection}/search", .role(.read)) { call in
        let place = try await CollectionCall(call)
        let form = try await call.form()
        let options = try place.options(call, form)
        var search = RegisteredSearch()
        search.limit = try form.whole("k", in: 1...1000)
        search.beyondThreshold = try form.bool("beyond_threshold") ?? false
        search.approximate = try form.bool("approximate") ?? false
        search.filter = try form.text("where").map { text throws(DeepFaceError) in try AttributeFilter(text) }
        let image = try await call.backend.images.source("image", of: form)
        let shown = try await call.backend.work { [search] in
            try await call.backend.deepface.searchPhotos(
                [image], in: place.collection, with: place.searcher, search, options: options)[0].get()
        }
        let hashes = Set(shown.faces.flatMap(\.matches).map(\.hash))
        let kept = try await place.store.keptPhotos(hashes, in: place.collection)
        return try Reply.json(
            Found(faces: shown.faces.map { FoundFace($0, kept) }, rejected: shown.rejectedOrNone))
    }
}

/// A face of the photo with its matches, and whether their photos were kept.
private struct FoundFace: Encodable {
    let facialArea: FacialArea
    let faceConfidence: Double
    let matches: [Match]

    enum CodingKeys: String, CodingKey {
        case matches
        case facialArea = "facial_area"
        case faceConfidence = "face_confidence"
    }

    struct Match: Encodable {
        let match: RegisteredMatch
        let hasPhoto: Bool

        enum CodingKeys: String, CodingKey { case hasPhoto = "has_photo" }

        func encode(to encoder: any Encoder) throws {
            try match.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(hasPhoto, forKey: .hasPhoto)
        }
    }

    init(_ face: SearchedFace, _ kept: Set<String>) {
        (facialArea, faceConfidence) = (face.facialArea, face.faceConfidence)
        matches = face.matches.map { Match(match: $0, hasPhoto: kept.contains($0.hash)) }
    }
}

private struct Found: Encodable {
    let faces: [FoundFace]
    let rejected: [RejectedFace]?
}
