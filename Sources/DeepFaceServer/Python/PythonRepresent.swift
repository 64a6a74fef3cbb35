import DeepFace

extension Route {
    static let pythonRepresent = Route(
        .post, "/represent", .role(.read), style: .python(doing: "representing")
    ) { call in
        let python = try await PythonCall(call, image: "img")
        let image = try await python.image("img")
        let options = try python.options()
        let faces = try await call.backend.work { try await call.backend.deepface.represent(image, options: options) }
        return try Reply.json(["results": faces])
    }
}
