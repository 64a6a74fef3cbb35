import DeepFace
import Foundation

/// The address of a store: `sqlite:PATH`, or a URL of another scheme.
public struct StoreAddress: Sendable, Equatable, CustomStringConvertible {
    public let scheme: String
    /// What follows the scheme and its colon.
    public let rest: String

    /// `sqlite:` and the file `.deepface/faces.db` in the home folder, which `DEEPFACE_HOME` may change.
    public static var standard: StoreAddress {
        StoreAddress(scheme: "sqlite", rest: WeightStore().home.appending(path: ".deepface/faces.db").path)
    }

    private init(scheme: String, rest: String) { (self.scheme, self.rest) = (scheme, rest) }

    /// - Throws: `invalidOption` when the text has no scheme that a store answers to.
    public init(_ text: String) throws(DeepFaceError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let kind = StoreRegistry.all.first { kind in
            parts.count == 2 && ([kind.scheme] + kind.aliases).contains(String(parts[0]))
        }
        guard let kind, !parts[1].isEmpty else {
            throw DeepFaceError(
                .invalidOption, "is not the address of a store", input: Self.withoutPassword(text),
                advice: "write \(StoreRegistry.all.map { $0.addressForm }.joined(separator: " or "))")
        }
        self.init(scheme: kind.scheme, rest: String(parts[1]))
    }

    /// The store that the environment variables of Python DeepFace name: `DEEPFACE_DATABASE_TYPE` says of which kind,
    /// `DEEPFACE_CONNECTION_DETAILS`, or the kind's own variable, where it is. Without a kind it is PostgreSQL, as there.
    ///
    /// - Returns: `nil` when they name none.
    /// - Throws: `invalidOption` when they name a kind that is not known, or no place.
    public static func python(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(DeepFaceError) -> StoreAddress? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let details = value("DEEPFACE_CONNECTION_DETAILS")
        let type = value("DEEPFACE_DATABASE_TYPE")
        let kinds = StoreRegistry.all.filter { kind in
            if let type { return kind.scheme == type }
            return kind.pythonVariable.flatMap(value) != nil || details != nil && kind.scheme == "postgres"
        }
        guard let kind = kinds.first else {
            guard let type else { return nil }
            throw DeepFaceError(
                .invalidOption, "DEEPFACE_DATABASE_TYPE names a store that is not known here", input: type,
                advice: "choose one of \(StoreRegistry.all.map { $0.scheme }.joined(separator: ", "))")
        }
        guard let place = details ?? kind.pythonVariable.flatMap(value) else {
            let names = ["DEEPFACE_CONNECTION_DETAILS", kind.pythonVariable].compactMap(\.self)
            throw DeepFaceError(
                .invalidOption, "DEEPFACE_DATABASE_TYPE is set, and nothing says where the store is",
                input: kind.scheme, advice: "set \(names.joined(separator: " or ")), or give --store")
        }
        // Whatever scheme the address has there, the kind is known.
        let rest = place.range(of: "://").map { "//" + place[$0.upperBound...] } ?? place
        return StoreAddress(scheme: kind.scheme, rest: rest)
    }

    /// Without the password that may be in it.
    public var description: String { Self.withoutPassword("\(scheme):\(rest)") }

    /// Passwords may stand before the host, and among what follows a question mark; there may be an `@` in one.
    private static func withoutPassword(_ text: String) -> String {
        text.replacing(/(:\/\/[^:\/]*:).*@/) { "\($0.output.1)***@" }
            .replacing(/([?&:\s](?:ssl)?(?:password|token|key)=)[^&\s]*/.ignoresCase()) { "\($0.output.1)***" }
    }

    /// The rest as a file: `~` is the home folder, and `//` before an absolute path falls away.
    var file: URL {
        var path = rest.hasPrefix("///") ? String(rest.dropFirst(2)) : rest
        if path == "~" || path.hasPrefix("~/") {
            path = FileManager.default.homeDirectoryForCurrentUser.path + path.dropFirst()
        }
        return URL(fileURLWithPath: path)
    }
}

/// Every kind of store, a line each.
public enum StoreRegistry {
    public static let all: [any FaceStore.Type] = [
        SQLiteStore.self,
        PostgresStore.self,
        PgVectorStore.self,
        MilvusStore.self,
        ChromaStore.self,
        RedisStore.self,
    ]

    /// Opens the store at an address.
    ///
    /// - Parameters:
    ///   - key: what encrypted collections are encrypted with.
    ///   - creates: whether the store is made if it is not there.
    /// - Throws: `storeUnavailable`, `storeInconsistent`.
    public static func open(
        _ address: StoreAddress, key: StoreKey? = nil, creates: Bool = false
    ) async throws(DeepFaceError) -> any FaceStore {
        guard let kind = all.first(where: { $0.scheme == address.scheme }) else {
            throw DeepFaceError(.invalidOption, "no store has the scheme \(address.scheme)")
        }
        return try await kind.init(address, key: key, creates: creates)
    }
}
