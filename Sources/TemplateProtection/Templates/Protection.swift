import DeepFace

/// How an embedding was protected: templates can be compared where all of it is the same.
public struct Protection: Sendable, Codable, Equatable {
    public enum Scheme: String, Sendable, Codable, CaseIterable {
        /// Brought to length 1, then turned: for distances of angles (cosine, euclidean_l2, angular). Without the
        /// first step, an embedding's length would tell under any key whose it is.
        case rotation
        /// Turned, then shifted: for the euclidean distance. The shift hides the length.
        case rotationAndShift = "rotation+shift"
        /// Signs of what was turned: a bit each. The share of bits that differ is the angle, about.
        case signs
    }

    public let scheme: Scheme
    /// Of the key.
    public let keyID: String
    public let version: Int
    /// The deviation of the numbers that were added; for `rotationAndShift`.
    public let shift: Double?
    /// How many; for `signs`.
    public let bits: Int?

    enum CodingKeys: String, CodingKey {
        case scheme, version, shift, bits
        case keyID = "key_id"
    }

    /// The distances that templates of a scheme have.
    public var metrics: [DistanceMetric] {
        switch scheme {
        case .rotation: [.cosine, .euclideanL2, .angular]
        case .rotationAndShift: [.euclidean]
        case .signs: [.angular]
        }
    }

    /// In what the other differs, in words.
    func differences(from other: Protection) -> [String] {
        var words: [String] = []
        if keyID != other.keyID { words.append("key \(keyID), not \(other.keyID)") }
        if scheme != other.scheme { words.append("scheme \(scheme.rawValue), not \(other.scheme.rawValue)") }
        if bits != other.bits { words.append("another number of bits") }
        if shift != other.shift || version != other.version { words.append("another version of the scheme") }
        return words
    }

    /// Whether a template can be compared with one of this protection, a recipe and so many numbers.
    ///
    /// - Throws: `recipeMismatch` when their keys, schemes, or the ways their embeddings were made differ.
    func check(
        _ recipe: EmbeddingRecipe, _ count: Int?, _ other: ProtectedTemplate
    ) throws(DeepFaceError) {
        let protections = differences(from: other.protection)
        guard protections.isEmpty else {
            throw DeepFaceError(
                .recipeMismatch,
                "templates protected in different ways have no distance: \(protections.joined(separator: ", "))",
                advice: "protect both with one key, or bring one over with: deepface protect renew")
        }
        let recipes = recipe.differences(from: other.recipe)
        guard recipes.isEmpty, count == other.embedding?.count else {
            let words = recipes.isEmpty ? ["numbers of other lengths"] : recipes
            throw DeepFaceError(
                .recipeMismatch,
                "embeddings made in different ways have no distance: \(words.joined(separator: ", "))",
                advice: "represent both photos with the same options")
        }
    }

    /// The metric to compare by: the one asked for, else `model`'s own where the scheme has it, else the scheme's first.
    ///
    /// - Throws: `invalidOption` when the scheme does not keep that distance.
    func metric(_ asked: DistanceMetric?, model: String) throws(DeepFaceError) -> DistanceMetric {
        let possible = metrics
        guard let asked else {
            let own = (try? RecognitionRegistry.model(named: model))?.metric
            return own.flatMap { possible.contains($0) ? $0 : nil } ?? possible[0]
        }
        guard possible.contains(asked) else {
            throw DeepFaceError(
                .invalidOption,
                "templates of the scheme \(scheme.rawValue) have no \(asked.rawValue) distance",
                advice: scheme == .signs
                    ? "compare them by angular"
                    : "represent the photos with --protect-metric \(asked.rawValue)")
        }
        return asked
    }
}
