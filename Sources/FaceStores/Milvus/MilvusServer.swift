import DeepFace
import VectorIndex

/// Milvus' tables.
struct MilvusServer: RowServer {
    let client: MilvusClient
    let prefix: String
    var address: ServerAddress { client.address }
    var numbersAtOnce: Int { 4_000_000 }

    func table(_ name: String) -> any RowTable { MilvusTable(client: client, name: name) }

    func makeCatalog(_ name: String) async throws(DeepFaceError) {
        try await MilvusTable(client: client, name: name).make(
            [("id", .id), ("state", .text(RowState.longestText)), ("nothing", .vector(2))], indexes: [], metric: "L2")
    }

    func makeTables(of state: RowState, faces: String, records: String) async throws(DeepFaceError) {
        try await MilvusTable(client: client, name: faces).make(
            [
                ("id", .id), ("person", .integer), ("photo", .text(32)), ("details", .text(RowState.longestText)),
                ("vector", .vector(state.isEncrypted ? 2 : state.dimensions)),
            ], indexes: ["person", "photo"], metric: state.metric.milvus)
        try await MilvusTable(client: client, name: records).make(
            [
                ("id", .id), ("kind", .integer), ("number", .integer), ("key", .text(32)),
                ("text", .text(RowState.longestText)), ("created", .double), ("nothing", .vector(2)),
            ], indexes: ["key"], metric: "L2")
    }

    func exists(_ table: String) async throws(DeepFaceError) -> Bool {
        let exists: MilvusBoolResponse = try await client.ask(
            "HasCollection", MilvusCollectionRequest.with { $0.collectionName = table }, of: table)
        return exists.value
    }

    func tables() async throws(DeepFaceError) -> [String] {
        // Of no collection, so there is none that would have to be loaded.
        let shown: MilvusShowCollectionsResponse = try await client.ask(
            "ShowCollections", MilvusShowCollectionsRequest(), of: "")
        return shown.collectionNames
    }

    func drop(_ table: String) async throws(DeepFaceError) {
        try await MilvusTable(client: client, name: table).call("DropCollection")
    }
}

extension VectorMetric {
    /// Milvus' name.
    var milvus: String { self == .euclidean ? "L2" : "COSINE" }
}
