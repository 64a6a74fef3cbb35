import FaceStores
import Foundation
import Testing

/// A Redis server that keeps what it has confirmed, in a folder that goes with it.
final class RedisServer: Sendable {
    private static let program = "/usr/bin/redis-server"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: program) }

    let folder: TestFolder
    let server: TestServer

    init(_ settings: [String] = []) throws {
        folder = try TestFolder()
        server = try TestServer(
            [
                Self.program, "--port", "{port}", "--bind", "127.0.0.1", "--dir", folder.url.path, "--save", "",
                "--appendonly", "yes", "--appendfsync", "always",
            ] + settings)
    }

    func address(user: String = "", path: String = "") throws -> StoreAddress {
        try StoreAddress("redis://\(user)127.0.0.1:\(server.port)\(path)")
    }

    func open(user: String = "", path: String = "", key: StoreKey? = nil, creates: Bool = true) async throws
        -> any FaceStore
    {
        try await StoreRegistry.open(address(user: user, path: path), key: key, creates: creates)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsRedis: Self {
        .enabled(if: RedisServer.isInstalled, "skipped: no redis-server (apt-get install redis-server)")
    }
}
