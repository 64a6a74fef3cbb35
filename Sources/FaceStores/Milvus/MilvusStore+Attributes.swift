import DeepFace
import Foundation

extension MilvusStore {
    public func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64] {
        try await passing(filter, state(collection)) ?? []
    }

    /// The faces that count and meet a filter; `nil`: there is no filter.
    ///
    /// Attributes stand in a face's details, which are read a window at a time: tables of earlier versions stay as they
    /// are, and what was registered before has none.
    func passing(_ filter: AttributeFilter?, _ state: MilvusState) async throws(DeepFaceError) -> [Int64]? {
        guard let filter else { return nil }
        var ids: [Int64] = []
        try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
            let rows = try await self.faces(state.identifier).query(window, ["id", "details"])
            for (id, details) in zip(rows.integers("id"), rows.texts("details")) {
                if filter.matches(try self.face(details, id).attributes) { ids.append(id) }
            }
            return true
        }
        return ids
    }
}
