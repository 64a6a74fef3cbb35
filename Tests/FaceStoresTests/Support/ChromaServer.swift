import FaceStores
import Foundation
import Testing

/// A Chroma server, from PyPI.
final class ChromaServer: Sendable {
    private static let packages = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../../.build/store-chroma"
    ).standardizedFileURL
    static var isInstalled: Bool {
        FileManager.default.fileExists(atPath: packages.appending(path: "chromadb_rust_bindings").path)
    }

    let folder: TestFolder
    let server: TestServer

    init() throws {
        folder = try TestFolder()
        // The command without the Python around it, which needs many packages.
        let program = "import sys, chromadb_rust_bindings as chroma; chroma.cli(['chroma'] + sys.argv[1:])"
        server = try TestServer(
            [
                "python3", "-c", program, "run", "--path", folder.url.path, "--host", "127.0.0.1", "--port", "{port}",
            ], environment: ["PYTHONPATH": Self.packages.path, "PYTHONDONTWRITEBYTECODE": "1"])
    }

    /// - Parameter store: a name; each is a store of its own.
    func address(_ store: String) -> String { "chroma://127.0.0.1:\(server.port)?prefix=\(store)" }

    func open(_ store: String = "test", key: StoreKey? = nil) async throws -> any FaceStore {
        try await StoreRegistry.open(StoreAddress(address(store)), key: key, creates: true)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsChroma: Self {
        .enabled(if: ChromaServer.isInstalled, "skipped: no Chroma (scripts/store-servers.sh)")
    }
}
