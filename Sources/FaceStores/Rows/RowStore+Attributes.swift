import DeepFace
import Foundation

extension RowStore {
    public func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64] {
        try await passing(filter, state(collection)) ?? []
    }

    /// The faces that count and meet a filter; `nil`: there is no filter.
    ///
    /// Where the server cannot tell, attributes are read from the faces' details, a window at a time.
    func passing(_ filter: AttributeFilter?, _ state: RowState) async throws(DeepFaceError) -> [Int64]? {
        guard let filter else { return nil }
        let name = facesName(state)
        if let ids = try await content.server.ids(of: name, where: state.facesThatCount, meeting: filter) { return ids }
        var ids: [Int64] = []
        try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
            let rows = try await self.content.server.table(name).query(window, ["id", "details"])
            for (id, details) in zip(rows.integers("id"), rows.texts("details")) {
                if filter.matches(try self.face(details, id).attributes) { ids.append(id) }
            }
            return true
        }
        return ids
    }
}
