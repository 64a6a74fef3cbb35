import DeepFace

extension Route {
    static let pythonAnalyze = Route(.post, "/analyze", .role(.read), style: .python(doing: "analyzing")) { call in
        let python = try await PythonCall(call, image: "img")
        let image = try await python.image("img")
        let options = try python.options()
        let models = try AttributeRegistry.models(python.form.words("actions"))
        let faces = try await call.backend.work {
            try await call.backend.deepface.analyze(image, models: models, options: options)
        }
        return try Reply.json(["results": faces])
    }
}

extension AttributeRegistry {
    /// Python's models of the attributes of these names; none given: of all.
    ///
    /// - Throws: `invalid_request` when a name is none.
    static func models(_ names: [String]?) throws(Problem) -> [AttributeModel] {
        guard let names else { return Attribute.allCases.map(standard) }
        var attributes: [Attribute] = []
        for name in names {
            guard let attribute = Attribute(rawValue: name.lowercased()) else {
                throw .invalid("an action is none of \(Attribute.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if !attributes.contains(attribute) { attributes.append(attribute) }
        }
        guard !attributes.isEmpty else { throw .invalid("actions names nothing to read") }
        return attributes.map(standard)
    }
}
