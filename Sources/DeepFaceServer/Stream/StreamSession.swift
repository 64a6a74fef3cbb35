import DeepFace
import FaceStores
import Foundation
import HummingbirdCore

/// What a stream of frames is looked through for.
struct StreamSession: Sendable {
    private let backend: Backend
    private let options: Options
    /// Whose people are named; `nil`: nobody is.
    private let place: (searcher: FaceSearcher, collection: FaceCollection)?

    /// - Throws: what is wrong with the address.
    init(_ uri: URI, _ backend: Backend) async throws {
        func value(_ name: String) -> String? { uri.queryParameters[name[...]].map(String.init) }
        self.backend = backend
        var form = Form()
        for name in ["detector", "anti_spoofing", "min_quality"] { form.fields[name] = value(name).map { .text($0) } }
        var options = backend.deepface.options
        if let name = value("collection") {
            guard let searcher = backend.searcher, let found = try await searcher.store.collection(named: name) else {
                throw Problem.notFound("no collection is called so (\(name))")
            }
            place = (searcher, found)
            // Embeddings must be those of the collection, its detector included.
            options = try Options(found.recipe)
        } else {
            place = nil
            if let detector = try form.text("detector") {
                options.detector = try DetectorRegistry.detector(named: detector)
            }
        }
        options.antiSpoofing = try form.bool("anti_spoofing") ?? false
        options.maximumFaces = backend.settings.limits.faces
        options.minimumQuality = try form.number("min_quality", in: 0...1) ?? 0
        self.options = options
    }

    /// What a frame shows, as JSON.
    func reply(to frame: Data) async -> Data {
        let start = ContinuousClock.now
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var reply = try await backend.work { try await look(at: frame) }
            reply.milliseconds = (10 * ((ContinuousClock.now - start) / .milliseconds(1))).rounded() / 10
            return try encoder.encode(reply)
        } catch {
            let problem: Problem
            switch error {
            case let error as Problem: problem = error
            case let error as DeepFaceError: problem = Problem(error)
            default:
                backend.logger.error("\(type(of: error)): \(error)")
                problem = Problem(.internalServerError, "internal_error", "the server failed; its log tells why")
            }
            let document = ["problem": ProblemDocument(problem, RequestID.choose(nil))]
            return (try? encoder.encode(document)) ?? Data()
        }
    }

    private func look(at frame: Data) async throws -> FrameReply {
        let photo = try await backend.deepface.photo(.data(frame, name: "frame"))
        do throws(DeepFaceError) {
            return FrameReply(width: photo.width, height: photo.height, faces: try await faces(in: photo))
        } catch {
            guard error.code == .noFace || error.code == .lowQuality else { throw error }
            return FrameReply(width: photo.width, height: photo.height)
        }
    }

    private func faces(in photo: Image) async throws(DeepFaceError) -> [FrameReply.Face] {
        var faces: [FrameReply.Face] = []
        if place == nil || options.antiSpoofing || options.minimumQuality > 0 {
            var options = options
            // Those of low quality are shown all the same, and marked.
            options.measuresQuality = options.minimumQuality > 0
            options.minimumQuality = 0
            for face in try await backend.deepface.extractFaces(.pixels(photo), options: options) {
                faces.append(FrameReply.Face(face, bar: self.options.minimumQuality))
            }
            if !faces.contains(where: { $0.reasons == nil }) { return faces }
        }
        try await name(&faces, in: photo)
        return faces
    }

    /// Finds out who the faces are.
    private func name(_ faces: inout [FrameReply.Face], in photo: Image) async throws(DeepFaceError) {
        guard let place else { return }
        var options = options
        // Who is not live is named all the same, and marked.
        options.antiSpoofing = false
        var search = RegisteredSearch()
        search.limit = 1
        let found = try await backend.deepface.searchFaces(
            [.pixels(photo)], in: place.collection, with: place.searcher, search, options: options)[0].get()
        for face in found {
            let index = faces.firstIndex { $0.facialArea == face.facialArea }
            var reply = index.map { faces[$0] } ?? FrameReply.Face(face)
            reply.isNamed = true
            reply.person = face.matches.first?.person
            reply.distance = face.matches.first?.distance
            if let index { faces[index] = reply } else { faces.append(reply) }
        }
    }
}

/// What a frame shows.
struct FrameReply: Encodable {
    let width, height: Int
    var milliseconds = 0.0
    var faces: [Face] = []

    struct Face: Encodable {
        let facialArea: FacialArea
        let confidence: Double
        var isReal: Bool?
        var antispoofScore: Double?
        /// Whether it was looked for among registered people.
        var isNamed = false
        /// 0 to 1, where a lowest was named; and why it is below that.
        var quality: Double?
        var reasons: [QualityReason]?
        var person: String?
        var distance: Double?

        enum CodingKeys: String, CodingKey {
            case confidence, person, distance, quality, reasons
            case facialArea = "facial_area"
            case isReal = "is_real"
            case antispoofScore = "antispoof_score"
        }

        init(_ face: ExtractedFace, bar: Double) {
            (facialArea, confidence) = (face.facialArea, face.confidence)
            quality = face.quality?.score
            if let quality, quality < bar { reasons = face.quality?.reasons(below: bar) }
            (isReal, antispoofScore) = (face.liveness?.isReal, face.liveness?.score)
        }

        init(_ face: SearchedFace) { (facialArea, confidence) = (face.facialArea, face.faceConfidence) }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(facialArea, forKey: .facialArea)
            try container.encode(confidence, forKey: .confidence)
            try container.encodeIfPresent(isReal, forKey: .isReal)
            try container.encodeIfPresent(antispoofScore, forKey: .antispoofScore)
            try container.encodeIfPresent(quality, forKey: .quality)
            try container.encodeIfPresent(reasons, forKey: .reasons)
            if isNamed { try container.encode(person, forKey: .person) }
            try container.encodeIfPresent(distance, forKey: .distance)
        }
    }
}
