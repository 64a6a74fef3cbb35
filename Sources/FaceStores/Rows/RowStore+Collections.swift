import DeepFace
import Foundation
import VectorIndex

extension RowStore {
    public func collections() async throws(DeepFaceError) -> [FaceCollection] {
        try await states().map { $0.state.collection($0.id) }.sorted { $0.name < $1.name }
    }

    public func collection(named name: String) async throws(DeepFaceError) -> FaceCollection? {
        guard let (id, state) = try await states().first(where: { $0.state.name == name }) else { return nil }
        if let check = state.keyCheck {
            do throws(DeepFaceError) {
                _ = try needed(name).open(check, at: Self.checkPlace(state.identifier))
            } catch  where error.code == .storeInconsistent {
                throw DeepFaceError(.storeUnavailable, "the collection is encrypted with another key", input: name)
            }
        }
        return state.collection(id)
    }

    public func makeCollection(_ plan: CollectionPlan) async throws(DeepFaceError) -> FaceCollection {
        if plan.name.isEmpty { throw DeepFaceError(.invalidOption, "a collection needs a name") }
        let check = plan.isEncrypted ? try needed(plan.name) : nil
        if let found = try await collection(named: plan.name) { return found }
        try await alone { () throws(DeepFaceError) in
            let states = try await self.states()
            if states.contains(where: { $0.state.name == plan.name }) { return }
            try await self.dropLeftovers(states.map(\.state))
            let metric = (try? RecognitionRegistry.model(named: plan.recipe.model))?.metric.indexed ?? .cosine
            var state = RowState(
                identifier: UUID(), name: plan.name, recipe: plan.recipe, dimensions: plan.dimensions,
                created: Date().timeIntervalSince1970, metric: metric)
            state.keyCheck = try check?.seal(Data(), at: Self.checkPlace(state.identifier))
            try await self.content.server.makeTables(
                of: state, faces: self.facesName(state), records: self.recordsName(state))
            // From here on it is there.
            try await self.save(state, (states.map(\.id).max() ?? 0) + 1)
        }
        guard let made = try await collection(named: plan.name) else {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: plan.name)
        }
        return made
    }

    public func delete(_ collection: FaceCollection) async throws(DeepFaceError) {
        try await alone { () throws(DeepFaceError) in
            let states = try await self.states()
            guard states.contains(where: { $0.state.identifier == collection.identifier }) else { return }
            // From here on it is gone.
            try await self.catalog.delete([collection.id])
            try await self.dropLeftovers(
                states.map(\.state).filter { $0.identifier != collection.identifier })
        }
    }

    /// Takes away the tables of collections that are not listed: somebody was stopped while making or
    /// deleting one.
    private func dropLeftovers(_ listed: [RowState]) async throws(DeepFaceError) {
        let known = Set(listed.flatMap { [facesName($0), recordsName($0)] })
        for name in try await content.server.tables()
        where name.hasPrefix("\(content.server.prefix)_") && !known.contains(name) {
            let rest = name.dropFirst(content.server.prefix.count + 1)
            guard rest.wholeMatch(of: /[0-9a-f]{32}_(faces(_[0-9]+)?|records)/) != nil else { continue }
            try await content.server.drop(name)
        }
    }

    private static func checkPlace(_ identifier: UUID) -> String { "collection \(identifier.uuidString)" }

    /// The key that an encrypted collection needs.
    func needed(_ name: String) throws(DeepFaceError) -> StoreKey {
        guard let key = content.key else {
            throw DeepFaceError(
                .storeUnavailable, "the collection is encrypted, and there is no key", input: name,
                advice: "give it with --key-file or in DEEPFACE_STORE_KEY")
        }
        return key
    }
}
