import DeepFace

extension Route {
    static let represent = Route(.post, "/v1/represent", .role(.read)) { call in
        let form = try await call.form()
        let options = try call.options(form)
        let image = try await call.backend.images.source("image", of: form)
        let faces = try await call.backend.work { try await call.backend.deepface.represent(image, options: options) }
        return try Reply.json(Representations(model: options.model.name, faces: faces))
    }
}

private struct Representations: Encodable {
    let model: String
    let faces: [Representation]
}
