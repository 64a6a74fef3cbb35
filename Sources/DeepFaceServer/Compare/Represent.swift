import DeepFace

extension Route {
    static let represent = Route(.post, "/v1/represent", .role(.read)) { call in
        let form = try await call.form()
        let options = try call.options(form)
        let image = try await call.backend.images.source("image", of: form)
        let shown = try await call.backend.work {
            try await call.backend.deepface.representPhotos([image], options: options)[0].get()
        }
        return try Reply.json(
            Representations(model: options.model.name, faces: shown.faces, rejected: shown.rejectedOrNone))
    }
}

private struct Representations: Encodable {
    let model: String
    let faces: [Representation]
    let rejected: [RejectedFace]?
}

extension PhotoFaces {
    /// Those that were turned away; `nil` where none were, so that nothing is written of them.
    var rejectedOrNone: [RejectedFace]? { rejected.isEmpty ? nil : rejected }
}
