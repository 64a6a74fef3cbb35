import DeepFace

extension Route {
    static let verify = Route(.post, "/v1/verify", .role(.read)) { call in
        let form = try await call.form()
        if let name = try form.text("ensemble") { return try await call.verdict(form, of: name) }
        let options = try call.options(form)
        let first = try await call.backend.images.source("image1", of: form)
        let second = try await call.backend.images.source("image2", of: form)
        return try Reply.json(
            await call.backend.work { try await call.backend.deepface.verify(first, second, options: options) })
    }
}
