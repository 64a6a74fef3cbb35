import DeepFace

extension RowStore {
    public func keptPhotos(
        _ hashes: Set<String>, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Set<String> {
        let kept = try await photos(Set(hashes.map(RowText.digest)), state(collection))
        return hashes.filter { kept.contains(RowText.digest($0)) }
    }

    public func portraits(
        of people: [Person], in collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64: Int64] {
        if people.isEmpty { return [:] }
        let state = try await state(collection)
        let rows = try await faces(state).query(
            .among("person", people.map(\.id)), ["id", "person", "photo"])
        let (ids, owners, digests) = (rows.integers("id"), rows.integers("person"), rows.texts("photo"))
        let kept = try await photos(Set(digests), state)
        var portraits: [Int64: Int64] = [:]
        for (place, id) in ids.enumerated() where kept.contains(digests[place]) && state.counts(id, of: owners[place]) {
            portraits[owners[place]] = min(portraits[owners[place]] ?? id, id)
        }
        return portraits
    }
}
