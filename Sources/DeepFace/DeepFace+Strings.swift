/// The verbs for strings: a path, a `data:image/` string, or an http(s) address, as ``ImageSource/init(_:)`` reads it.
extension DeepFace {
    /// Judges whether two photos show the same person.
    public func verify(
        _ first: String, _ second: String, options: Options? = nil
    ) async throws(DeepFaceError) -> Verification {
        try await verify(ImageSource(first), ImageSource(second), options: options)
    }

    /// Turns the faces of a photo into embeddings, one a face.
    public func represent(_ photo: String, options: Options? = nil) async throws(DeepFaceError) -> [Representation] {
        try await represent(ImageSource(photo), options: options)
    }

    /// Cuts the faces out of a photo.
    public func extractFaces(
        _ photo: String, size: Int? = nil, options: Options? = nil
    ) async throws(DeepFaceError) -> [ExtractedFace] {
        try await extractFaces(ImageSource(photo), size: size, options: options)
    }
}
