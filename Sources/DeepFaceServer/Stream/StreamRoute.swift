import HTTPTypes

extension Route {
    /// What becomes a WebSocket does not come here; what does not learns why.
    static let stream = Route(.get, "/v1/stream", .role(.read)) { call in
        try call.backend.phase.checkIsWarm()
        _ = try await StreamSession(call.request.uri, call.backend)
        throw Problem(
            .upgradeRequired, "upgrade_required", "this address is for WebSockets (RFC 6455, version 13)")
    }
}
