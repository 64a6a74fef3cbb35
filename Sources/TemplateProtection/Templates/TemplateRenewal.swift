import DeepFace

/// Brings templates from an old key to a new one, without the photos: what the old key protected is worth nothing to
/// a thief then, and the new templates have nothing to do with the old ones to whoever has neither key.
public struct TemplateRenewal {
    private let old: ProtectionKey
    private let new: ProtectionKey
    /// By what the templates so far have been: making one takes longer than using it.
    private var protectors: [(old: TemplateProtector, new: TemplateProtector)] = []

    /// - Throws: `invalidOption` when the keys are the same.
    public init(from old: ProtectionKey, to new: ProtectionKey) throws(DeepFaceError) {
        guard old.id != new.id else {
            throw DeepFaceError(
                .invalidOption, "the new key is the old one", input: old.id,
                advice: "make a new one with: deepface protect keygen FILE")
        }
        (self.old, self.new) = (old, new)
    }

    /// The same face's template under the new key.
    ///
    /// - Throws: `recipeMismatch` when the template is not of the old key; `invalidOption` when it has only signs, which
    ///   do not give back what they were made of.
    public mutating func renewed(_ template: ProtectedTemplate) throws(DeepFaceError) -> ProtectedTemplate {
        guard let dimensions = template.embedding?.count else {
            throw DeepFaceError(
                .invalidOption, "a template of signs cannot be renewed",
                advice: "represent the photo anew with the new key")
        }
        let known = protectors.first { pair in
            pair.old.protection == template.protection && pair.old.recipe == template.recipe
                && pair.old.dimensions == dimensions
        }
        let pair: (old: TemplateProtector, new: TemplateProtector)
        if let known {
            pair = known
        } else {
            let (recipe, protection) = (template.recipe, template.protection)
            let renewed = Protection(
                scheme: protection.scheme, keyID: new.id, version: protection.version, shift: protection.shift,
                bits: nil)
            pair = (
                try TemplateProtector(key: old, protection: protection, recipe: recipe, dimensions: dimensions),
                try TemplateProtector(key: new, protection: renewed, recipe: recipe, dimensions: dimensions)
            )
            protectors.append(pair)
        }
        return pair.new.template(
            template.facialArea, template.faceConfidence, numbers: pair.old.numbers(of: template) ?? [])
    }
}
