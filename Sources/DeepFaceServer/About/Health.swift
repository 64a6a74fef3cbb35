import Hummingbird

extension Route {
    static let health = Route(.get, "/health", .anybody) { _ in try Reply.json(HealthReply()) }

    static let ready = Route(.get, "/ready", .anybody) { call in
        try call.backend.phase.checkIsReady()
        // A store that is gone answers no more.
        if let store = call.backend.searcher?.store { _ = try await store.collections() }
        return try Reply.json(HealthReply())
    }
}

private struct HealthReply: Encodable {
    let status = "ok"
    let version = FaceServer.version
}

extension FaceServer {
    /// Of the server and the library.
    public static let version = "0.1.0"
}
