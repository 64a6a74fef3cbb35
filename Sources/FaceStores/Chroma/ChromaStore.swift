import DeepFace
import Foundation

/// Faces in a Chroma server: `chroma://user:password@host:port/database?tenant=name&prefix=name&tls=true`. A password
/// without a user is a token.
///
/// The server finds neighbours by its HNSW index, when it is asked for approximate ones, and filters by attributes.
/// What must be exact is found by an index on this machine that follows the server.
public final class ChromaStore: RowStore {
    public static let scheme = "chroma"
    public static let addressForm = "chroma://HOST"

    public let content: RowStoreContent
    let server: ChromaServer

    /// In the home folder's `.deepface`.
    public var indexFolder: URL? { WeightStore().home.appending(path: ".deepface/index/chroma") }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let address = try ServerAddress(address, port: 8000, options: ["prefix", "tenant", "tls"])
        let prefix = try Self.prefix(address)
        if prefix.hasPrefix("_") {
            throw DeepFaceError(.invalidOption, "a prefix begins with a letter", input: address.text)
        }
        server = ChromaServer(try ChromaClient(address), prefix: prefix)
        content = RowStoreContent(key: key, server: server)
        try await server.meet()
        try await prepare(creates: creates)
    }

    public init(_ other: ChromaStore) { (server, content) = (other.server, other.content.twin) }
}
