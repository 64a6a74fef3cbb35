import FaceStores
import Foundation
import Testing

/// A milvus-lite server, from PyPI.
final class MilvusServer: Sendable {
    private static let packages = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../../.build/store-python"
    ).standardizedFileURL
    private static let program = packages.appending(path: "bin/milvus-lite").path
    static var isInstalled: Bool {
        [program, packages.appending(path: "pymilvus").path].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    let folder: TestFolder
    let server: TestServer

    init() throws {
        folder = try TestFolder()
        server = try TestServer(
            [
                "python3", Self.program, "server", "--data-dir", folder.url.path, "--host", "127.0.0.1", "--port",
                "{port}",
            ], environment: ["PYTHONPATH": Self.packages.path, "PYTHONDONTWRITEBYTECODE": "1"])
    }

    /// - Parameter store: a name; each is a store of its own.
    func address(_ store: String) -> String { "milvus://127.0.0.1:\(server.port)?prefix=\(store)" }

    func open(_ store: String = "test", key: StoreKey? = nil) async throws -> any FaceStore {
        try await StoreRegistry.open(StoreAddress(address(store)), key: key, creates: true)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsMilvus: Self {
        .enabled(if: MilvusServer.isInstalled, "skipped: no milvus-lite (scripts/store-servers.sh)")
    }
}
