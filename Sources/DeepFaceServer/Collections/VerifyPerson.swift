import DeepFace
import FaceStores

extension Route {
    static let verifyPerson = Route(
        .post, "/v1/collections/{collection}/people/{person}/verify", .role(.read)
    ) { call in
        let place = try await CollectionCall(call)
        let person = try await place.person(call)
        let form = try await call.form()
        let options = try place.options(call, form)
        let image = try await call.backend.images.source("image", of: form)
        let result = try await call.backend.work {
            try await call.backend.deepface.verify(
                image, person: person, in: place.collection, of: place.store, options: options)
        }
        return try Reply.json(PersonVerdict(result))
    }
}

private struct PersonVerdict: Encodable {
    let verified: Bool
    let distance, threshold, confidence: Double
    let person: String
    let sample: Int64
    let metric: DistanceMetric
    let facialArea: FacialArea

    enum CodingKeys: String, CodingKey {
        case verified, distance, threshold, confidence, person, sample
        case metric = "similarity_metric"
        case facialArea = "facial_area"
    }

    init(_ result: PersonVerification) {
        let verdict = result.verification
        (verified, distance, threshold) = (verdict.verified, verdict.distance, verdict.threshold)
        (confidence, metric, facialArea) = (verdict.confidence, verdict.similarityMetric, verdict.facialAreas.img1)
        (person, sample) = (result.person, result.sample.id)
    }
}
