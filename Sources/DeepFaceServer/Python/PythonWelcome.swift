import DeepFace

extension Route {
    static let pythonWelcome = Route(.get, "/", .anybody) { _ in
        Reply.text(
            "<h1>Welcome to DeepFace API v\(FaceServer.version)!</h1>", type: "text/html; charset=utf-8")
    }
}
