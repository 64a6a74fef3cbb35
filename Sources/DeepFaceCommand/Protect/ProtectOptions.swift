import ArgumentParser
import DeepFace
import TemplateProtection

/// How `represent` protects what it prints.
struct ProtectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Protect the embeddings with this key, of: deepface protect keygen.", valueName: "keyfile"))
    var protect: String?

    @Option(
        help: ArgumentHelp(
            "The distance that protected embeddings keep; cosine keeps the other angles too. (default: the model's own)",
            valueName: "metric"))
    var protectMetric: DistanceMetric?

    @Option(
        help: ArgumentHelp(
            "Keep only so many signs, from 64 to 16384, which cannot be turned back.", valueName: "bits"))
    var protectCodes: Int?

    func validate() throws {
        guard protect == nil else {
            if protectMetric != nil, protectCodes != nil {
                throw ValidationError("codes have one distance: leave --protect-metric away")
            }
            return
        }
        if protectMetric != nil || protectCodes != nil {
            throw ValidationError("--protect-metric and --protect-codes need a key: --protect KEYFILE")
        }
    }

    /// `nil` where nothing is to be protected.
    func protector(for deepface: DeepFace) throws(DeepFaceError) -> TemplateProtector? {
        guard let protect else { return nil }
        let purpose: TemplateProtector.Purpose? =
            protectCodes.map(TemplateProtector.Purpose.signs)
            ?? protectMetric.map(TemplateProtector.Purpose.distance)
        return try TemplateProtector(
            key: ProtectionKey(contentsOf: protect),
            recipe: EmbeddingRecipe(deepface.options, deepface.configuration), model: deepface.options.model,
            purpose: purpose)
    }
}
