import DeepFace
import FaceStores
import Foundation
import Testing

/// The kinds of store that every test of stores in general runs on, where their servers are installed.
enum StoreBackend: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite
    case postgres
    /// Of 2024: no half precision, no iterative scans.
    case pgvector06
    case pgvector08
    case milvus
    case chroma
    case redis

    var testDescription: String { rawValue }

    private var edition: PostgresServer.Edition? {
        switch self {
        case .sqlite, .milvus, .chroma, .redis: nil
        case .postgres: .debian
        case .pgvector06: .pgserver
        case .pgvector08: .pixeltable
        }
    }

    var isPostgres: Bool { edition != nil }

    private var isInstalled: Bool {
        switch self {
        case .milvus: MilvusServer.isInstalled
        case .chroma: ChromaServer.isInstalled
        case .redis: RedisServer.isInstalled
        default: edition.map { $0.programs != nil } ?? true
        }
    }

    private var advice: String {
        switch self {
        case .redis: "apt-get install redis-server"
        default: edition?.advice ?? "make store-servers"
        }
    }

    static let installed = allCases.filter { $0.isInstalled }
    static let missing = allCases.filter { !$0.isInstalled }
    /// What to say where tests are left out.
    static var missingNote: Comment {
        let words = missing.map { "\($0) (\($0.advice))" }
        return "stores without a server here, which are not tested: \(words.joined(separator: ", "))"
    }

    /// A store that is not there yet.
    ///
    /// - Parameter shared: whether its server may be one that other tests use at the same time.
    func place(shared: Bool = true) async throws -> TestPlace {
        switch self {
        case .milvus:
            let server = shared ? try await Self.servers.milvus() : try MilvusServer()
            return TestPlace(address: server.address(Self.name), keeping: server)
        case .chroma:
            let server = shared ? try await Self.servers.chroma() : try ChromaServer()
            return TestPlace(address: server.address(Self.name), keeping: server)
        case .redis:
            let server = try RedisServer()
            return TestPlace(address: "redis://127.0.0.1:\(server.server.port)", keeping: server)
        default: break
        }
        guard let edition else { return TestPlace(folder: try TestFolder()) }
        let server = shared ? try await Self.servers.server(edition) : try PostgresServer(edition)
        let scheme = self == .postgres ? "postgres" : "pgvector"
        return TestPlace(server: server, database: try server.database(), scheme: scheme)
    }

    /// Of a store that shares its server with others.
    private static var name: String { "t\(UUID().uuidString.prefix(8).lowercased())" }

    /// One of each edition, for all tests.
    private static let servers = Servers()

    private actor Servers {
        private var servers: [PostgresServer.Edition: PostgresServer] = [:]
        private var milvusServer: MilvusServer?
        private var chromaServer: ChromaServer?

        /// One for all tests: it takes seconds to start.
        func milvus() throws -> MilvusServer {
            if let milvusServer { return milvusServer }
            let server = try MilvusServer()
            milvusServer = server
            return server
        }

        func chroma() throws -> ChromaServer {
            if let chromaServer { return chromaServer }
            let server = try ChromaServer()
            chromaServer = server
            return server
        }

        func server(_ edition: PostgresServer.Edition) throws -> PostgresServer {
            if let server = servers[edition] { return server }
            let server = try PostgresServer(edition)
            servers[edition] = server
            return server
        }
    }
}

/// Where a test's store is.
final class TestPlace: Sendable {
    let address: String
    let server: PostgresServer?
    let database: String
    private let kept: (any Sendable)?

    convenience init(folder: TestFolder) { self.init(address: "sqlite:\(folder.file.path)", keeping: folder) }

    /// - Parameter keeping: what goes with the place.
    init(address: String, keeping kept: (any Sendable)? = nil) {
        (self.address, self.kept, server, database) = (address, kept, nil, "")
    }

    init(server: PostgresServer, database: String, scheme: String) {
        (self.server, self.database, kept) = (server, database, nil)
        address = server.address(scheme, database)
    }

    deinit {
        if let server { _ = try? server.run("DROP DATABASE \(database) WITH (FORCE)") }
    }

    func open(creates: Bool = true) async throws -> any FaceStore {
        try await StoreRegistry.open(StoreAddress(address), creates: creates)
    }
}

struct StoreBackendTests {
    @Test(.enabled(if: StoreBackend.missing.isEmpty, StoreBackend.missingNote)) func everyKindOfStoreIsTested() {
        #expect(StoreBackend.installed == StoreBackend.allCases)
    }
}
