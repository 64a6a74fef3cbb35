import DeepFace

extension [NewFace] {
    /// Refuses faces without a person, and vectors that no index takes: one would keep the whole collection from being
    /// searched.
    ///
    /// - Throws: `invalidOption`, `invalidEmbedding`.
    func check(for collection: FaceCollection) throws(DeepFaceError) {
        for face in self {
            if face.person.isEmpty { throw DeepFaceError(.invalidOption, "a person needs a name", input: face.image) }
            let squared = face.vector.reduce(0.0) { $0 + Double($1) * Double($1) }
            guard face.vector.count == collection.dimensions, (1e-30...1e30).contains(squared) else {
                throw DeepFaceError(
                    .invalidEmbedding,
                    "an embedding has \(face.vector.count) numbers, not \(collection.dimensions), or no usable length",
                    input: face.image)
            }
        }
    }
}
