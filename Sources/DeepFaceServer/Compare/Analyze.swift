import DeepFace

extension Route {
    static let analyze = Route(.post, "/v1/analyze", .role(.read)) { call in
        let form = try await call.form()
        let options = try call.options(form)
        guard options.alignment != .landmarks || form["align"] == nil else {
            throw Problem.invalid("align is eyes or none here: there is no template")
        }
        let models = try form.attributeModels(form.words("actions"))
        let image = try await call.backend.images.source("image", of: form)
        let shown = try await call.backend.work {
            try await call.backend.deepface.analyzePhotos([image], models: models, options: options)[0].get()
        }
        return try Reply.json(Analyses(faces: shown.faces, rejected: shown.rejectedOrNone))
    }
}

extension Form {
    /// The models that the form names for these attributes, else the usual ones.
    ///
    /// - Parameter attributes: names; `nil`: all.
    func attributeModels(_ attributes: [String]?) throws -> [AttributeModel] {
        try AttributeRegistry.models(attributes).map { usual in
            guard let name = try text("\(usual.attribute.rawValue)_model") else { return usual }
            return try AttributeRegistry.model(usual.attribute, named: name)
        }
    }
}

private struct Analyses: Encodable {
    let faces: [Analysis]
    let rejected: [RejectedFace]?
}
