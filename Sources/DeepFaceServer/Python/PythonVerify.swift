import DeepFace

extension Route {
    static let pythonVerify = Route(.post, "/verify", .role(.read), style: .python(doing: "verifying")) { call in
        let python = try await PythonCall(call, image: "img1")
        let (first, second) = (try await python.image("img1"), try await python.image("img2"))
        let options = try python.options()
        return try Reply.json(
            await call.backend.work { try await call.backend.deepface.verify(first, second, options: options) })
    }
}
