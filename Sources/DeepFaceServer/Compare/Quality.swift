import DeepFace

extension Route {
    static let quality = Route(.post, "/v1/quality", .role(.read)) { call in
        let form = try await call.form()
        let options = try call.options(form)
        let image = try await call.backend.images.source("image", of: form)
        let faces = try await call.backend.work { try await call.backend.deepface.quality(image, options: options) }
        let bar = options.minimumQuality
        return try Reply.json(["faces": faces.map { AssessedFaceReply(face: $0, bar: bar > 0 ? bar : nil) }])
    }
}

/// A face, and whether it would pass a bar.
private struct AssessedFaceReply: Encodable {
    let face: AssessedFace
    /// `nil`: none was named.
    let bar: Double?

    enum CodingKeys: CodingKey { case accepted }

    func encode(to encoder: any Encoder) throws {
        try face.encode(to: encoder)
        guard let bar else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(face.quality.score >= bar, forKey: .accepted)
    }
}
