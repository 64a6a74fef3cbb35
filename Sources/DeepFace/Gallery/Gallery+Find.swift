import Foundation
import VectorIndex

/// Which faces of a gallery a search gives.
public struct FindOptions: Sendable {
    /// Whether faces beyond the threshold are given too, so that somebody is found for every probe. Default: false.
    public var similaritySearch = false
    /// At most so many for each face of a probe, the nearest. Default: `nil`, all.
    public var limit: Int?
    /// Only faces of which `Gallery.reading` has read attributes that meet it. Default: `nil`, all.
    public var filter: AttributeFilter?

    public init(similaritySearch: Bool = false, limit: Int? = nil, filter: AttributeFilter? = nil) {
        (self.similaritySearch, self.limit, self.filter) = (similaritySearch, limit, filter)
    }
}

extension Gallery {
    /// Finds the faces of a photo in the gallery: for each face, the matches, nearest first.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `lowQuality`, `spoofDetected`, `weightsMissing`, `weightsDamaged`,
    ///   `invalidOption`, `invalidEmbedding`, `engine`, `cancelled`.
    public func find(_ probe: ImageSource, _ find: FindOptions = FindOptions()) async throws(DeepFaceError) -> [[Match]]
    {
        try await self.find([probe], find)[0].get()
    }

    /// Finds the faces of many photos. One photo's failure leaves the others' results as they are.
    public func find(
        _ probes: [ImageSource], _ find: FindOptions = FindOptions()
    ) async -> [Result<[[Match]], DeepFaceError>] {
        await findPhotos(probes, find).map { $0.map(\.faces) }
    }

    /// As `find`, and the probes' faces that were turned away for their quality.
    public func findPhotos(
        _ probes: [ImageSource], _ find: FindOptions = FindOptions()
    ) async -> [Result<PhotoFaces<[Match]>, DeepFaceError>] {
        let photos = await representEach(probes)
        return photos.map { photo in
            Result { () throws(DeepFaceError) -> PhotoFaces<[Match]> in
                let photo = try photo.get()
                return PhotoFaces(faces: try matches(of: photo.faces, find), rejected: photo.rejected)
            }
        }
    }

    /// The matches of faces that are embedded already, with the gallery's options.
    ///
    /// - Throws: `invalidOption`, `invalidEmbedding`.
    public func matches(
        of probes: [Representation], _ find: FindOptions = FindOptions()
    ) throws(DeepFaceError) -> [[Match]] {
        let model = options.model
        let metric = options.metric ?? model.metric
        let threshold = options.threshold ?? model.thresholds[metric]
        if let limit = find.limit, limit < 1 {
            throw DeepFaceError(.invalidOption, "at most \(limit) matches leaves none")
        }
        guard threshold != nil || find.similaritySearch else {
            throw DeepFaceError(
                .invalidOption, "\(model.name) has no threshold for \(metric.rawValue)",
                advice: "give one with --threshold, choose another metric, or search with --similarity-search")
        }
        let found = try nearest(
            to: probes.map(\.embedding), metric, within: find.similaritySearch ? nil : threshold, limit: find.limit,
            among: faces(meeting: find.filter))
        return zip(probes, found).map { probe, found in
            found.map { found in
                // As `verify`: by the model's own threshold, whatever the caller's.
                let own = model.thresholds[metric] ?? threshold
                let verified = own.map { found.distance <= $0 } ?? false
                return match(
                    found.row, probe, threshold: threshold, distance: found.distance,
                    confidence: model.confidence(metric, distance: found.distance, verified: verified))
            }
        }
    }

    /// Each by itself, as the gallery's own photos, so that the same photo has the same embedding.
    private func representEach(
        _ probes: [ImageSource]
    ) async -> [Result<PhotoFaces<Representation>, DeepFaceError>] {
        typealias Represented = Result<PhotoFaces<Representation>, DeepFaceError>
        var results = [Represented](repeating: .failure(.cancelled), count: probes.count)
        await withTaskGroup(of: (Int, Represented).self) { group in
            for (index, probe) in probes.enumerated() {
                if index >= 2 * deepface.configuration.threads, let (done, result) = await group.next() {
                    results[done] = result
                }
                group.addTask { [deepface, options] in
                    (index, await deepface.representPhotos([probe], options: options)[0])
                }
            }
            for await (done, result) in group { results[done] = result }
        }
        return results
    }

    private func match(
        _ row: Int, _ probe: Representation, threshold: Double?, distance: Double, confidence: Double
    ) -> Match {
        let face = file.faces[row]
        let photo = file.photos[Int(face.photo)]
        let path = file.path(photo)
        let names = path.split(separator: "/")
        return Match(
            identity: folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)",
            person: names.count > 1 ? String(names[names.count - 2]) : nil, hash: photo.digest.hexadecimal,
            target: FaceBox(x: Int(face.x), y: Int(face.y), w: Int(face.w), h: Int(face.h)),
            source: FaceBox(probe.facialArea), threshold: threshold, distance: distance, confidence: confidence)
    }
}
