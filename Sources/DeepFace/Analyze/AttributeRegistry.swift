/// The attribute models there are, each attribute's default first. A new one is its own file and one line here.
public enum AttributeRegistry {
    public static let all: [AttributeModel] = [
        .age,
        .gender,
        .emotion,
        .race,
        .ssrNetAge,
        .miniXceptionGender,
        .ssrNetGender,
        .miniXceptionEmotion,
    ]

    /// The models of an attribute.
    public static func models(of attribute: Attribute) -> [AttributeModel] { all.filter { $0.attribute == attribute } }

    /// The model Python DeepFace reads an attribute with.
    public static func standard(_ attribute: Attribute) -> AttributeModel {
        switch attribute {
        case .age: .age
        case .gender: .gender
        case .emotion: .emotion
        case .race: .race
        }
    }

    /// The model of `attribute` called `name`, whatever its capitals.
    ///
    /// - Throws: `invalidOption`, listing the names there are.
    public static func model(_ attribute: Attribute, named name: String) throws(DeepFaceError) -> AttributeModel {
        let known = models(of: attribute)
        guard let found = known.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw DeepFaceError(
                .invalidOption, "no \(attribute.rawValue) model is called '\(name)'",
                advice: "choose one of \(known.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}
