import DeepFace

extension PostgresTables {
    public func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64] {
        try await database.read { connection in
            try connection.execute(
                "SELECT id FROM \(t)_samples WHERE collection_id = $1 AND \(filter.sql { "$\($0 + 2)" })",
                [.int(collection.id)] + filter.postgresValues
            ).map { try $0.int(0) }
        }
    }
}

extension AttributeFilter {
    /// The values of its conditions, in order.
    var postgresValues: [PostgresValue] {
        conditions.map { condition in
            switch condition.value {
            case .years(let years): .int(Int64(years))
            case .label(let label): .text(label)
            }
        }
    }
}
