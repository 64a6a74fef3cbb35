import DeepFace
import GRDB

extension SQLiteStore {
    public func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64] {
        let values = filter.conditions.map { condition in
            switch condition.value {
            case .years(let years): years.databaseValue
            case .label(let label): label.databaseValue
            }
        }
        return try await read { database in
            try Int64.fetchAll(
                database,
                sql: "SELECT sample_id FROM attributes WHERE collection_id = ? AND \(filter.sql { _ in "?" })",
                arguments: StatementArguments([collection.id.databaseValue] + values))
        }
    }
}
