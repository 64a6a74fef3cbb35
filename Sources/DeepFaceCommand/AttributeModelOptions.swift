import ArgumentParser
import DeepFace

/// Which model reads which attribute.
struct AttributeModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Age model: \(Self.names(.age)).", valueName: "name"))
    var ageModel = AttributeRegistry.standard(.age).name

    @Option(help: ArgumentHelp("Gender model: \(Self.names(.gender)).", valueName: "name"))
    var genderModel = AttributeRegistry.standard(.gender).name

    @Option(help: ArgumentHelp("Emotion model: \(Self.names(.emotion)).", valueName: "name"))
    var emotionModel = AttributeRegistry.standard(.emotion).name

    @Option(help: ArgumentHelp("Race model: \(Self.names(.race)).", valueName: "name"))
    var raceModel = AttributeRegistry.standard(.race).name

    /// The models of these attributes.
    ///
    /// - Throws: `invalidOption` for a name that is wrong, even where it is not needed.
    func models(_ attributes: [Attribute]) throws(DeepFaceError) -> [AttributeModel] {
        for attribute in Attribute.allCases { _ = try AttributeRegistry.model(attribute, named: name(for: attribute)) }
        return try attributes.map { attribute throws(DeepFaceError) in
            try AttributeRegistry.model(attribute, named: name(for: attribute))
        }
    }

    private func name(for attribute: Attribute) -> String {
        switch attribute {
        case .age: ageModel
        case .gender: genderModel
        case .emotion: emotionModel
        case .race: raceModel
        }
    }

    private static func names(_ attribute: Attribute) -> String {
        AttributeRegistry.models(of: attribute).map(\.name).joined(separator: ", ")
    }

    /// Names of attributes: commas, and the brackets and quotes of a Python list for those who paste one.
    @Sendable static func attributes(_ text: String) throws -> [Attribute] {
        let words = text.split { ", []()'\"".contains($0) }
        var attributes: [Attribute] = []
        for word in words {
            guard let attribute = Attribute(rawValue: word.lowercased()) else {
                throw ValidationError(
                    "'\(word)' is none of \(Attribute.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if !attributes.contains(attribute) { attributes.append(attribute) }
        }
        guard !attributes.isEmpty else { throw ValidationError("there is nothing to read in '\(text)'") }
        return attributes
    }
}
