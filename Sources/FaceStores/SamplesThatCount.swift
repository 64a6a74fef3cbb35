import DeepFace
import VectorIndex

extension FaceStore {
    /// The samples that a search may find, as an index takes them; `nil`: all.
    ///
    /// - Parameters:
    ///   - people: only theirs; `nil`: everybody's.
    ///   - filter: only those whose attributes meet it; `nil`: all.
    func samplesThatCount(
        _ people: [Person]?, where filter: AttributeFilter?, in collection: FaceCollection
    ) async throws(DeepFaceError) -> IDSet? {
        var counting: IDSet?
        if let filter { counting = IDSet(try await sampleIDs(where: filter, of: collection)) }
        guard let people else { return counting }
        var ids = IDSet()
        for person in people {
            for sample in try await samples(of: person, in: collection)
            where counting?.contains(sample.id) ?? true { ids.insert(sample.id) }
        }
        return ids
    }
}
