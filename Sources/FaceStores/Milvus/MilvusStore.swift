import DeepFace
import Foundation

/// Faces in a Milvus server: `milvus://user:password@host:port/database?prefix=name`.
///
/// The server indexes and searches the table of faces; the others are only kept.
public final class MilvusStore: RowStore {
    public static let scheme = "milvus"
    public static let addressForm = "milvus://HOST"
    public static let pythonVariable: String? = "DEEPFACE_MILVUS_URI"

    public let content: RowStoreContent
    let server: MilvusServer
    public var indexFolder: URL? { nil }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let address = try ServerAddress(address, port: 19530, options: ["prefix"])
        server = MilvusServer(client: try MilvusClient(address), prefix: try Self.prefix(address))
        content = RowStoreContent(key: key, server: server)
        try await prepare(creates: creates)
    }

    public init(_ other: MilvusStore) { (server, content) = (other.server, other.content.twin) }
}
