import DeepFace

/// Finds, for every face of one collection, the nearest of another. No nearer face is passed over.
public protocol MatchEngine: Sendable {
    /// - Parameters:
    ///   - progress: hears how many faces are done.
    ///   - body: is given what was found, portion by portion, by the faces' ids.
    /// - Throws: `storeUnavailable`, `storeInconsistent`, `invalidEmbedding`; what `body` throws.
    func run(
        _ match: CollectionMatch, progress: (Int) -> Void, _ body: ([MatchedFace]) throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError)
}

/// Matches on this machine, by the index of the gallery.
public struct IndexMatchEngine: MatchEngine {
    /// Faces that are looked for at a time.
    private static let portion = 256

    public init() {}

    public func run(
        _ match: CollectionMatch, progress: (Int) -> Void, _ body: ([MatchedFace]) throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) {
        let searcher = FaceSearcher(match.gallery.store)
        // One more, for itself.
        let limit = match.isWithItself ? match.limit + 1 : match.limit
        var done = 0
        try await match.probes.reader.readVectors(Self.portion) { (faces) async throws(DeepFaceError) in
            let found = try await searcher.search(
                faces.map(\.vector), in: match.gallery.collection, metric: match.metric, limit: limit,
                within: match.distance)
            try body(zip(faces, found).map { MatchedFace($0.sample, match.matches(of: $0.sample, in: $1)) })
            done += faces.count
            progress(done)
        }
    }
}

extension CollectionMatch {
    fileprivate func matches(of probe: Sample, in found: [FaceMatch]) -> [MatchedFace.Match] {
        let others = isWithItself ? found.filter { $0.sample.id != probe.id } : found
        return others.prefix(limit).map {
            .init(id: $0.sample.id, person: $0.sample.person, image: $0.sample.image, distance: $0.distance)
        }
    }
}

extension MatchedFace {
    fileprivate init(_ sample: Sample, _ matches: [Match]) {
        self.init(id: sample.id, person: sample.person, image: sample.image, matches: matches)
    }
}
