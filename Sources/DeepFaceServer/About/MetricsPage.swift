extension Route {
    static let metrics = Route(.get, "/metrics", .role(.read)) { call in
        let backend = call.backend
        return Reply.text(
            backend.metrics.text(backend.admission, backend.memory), type: Exposition.contentType)
    }
}
