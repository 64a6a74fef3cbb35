import ArgumentParser
import DeepFace
import Foundation

struct Analyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read age, gender, emotion and race off the faces of photos.",
        discussion: """
            Prints a list with an entry for each face of the photo. For several photos it prints a line for each, in \
            the order given: {"img": …, "results": […]}, or {"img": …, "error": …} for a photo that failed.

            The default models are Python DeepFace's, which need 0.5 GB each (emotion 6 MB). The others are under a \
            megabyte; "models" in the result says which read what. Faces are found and aligned as Python does; --align none \
            is faster. A network's guess about a person is just that.

            EXAMPLES
              deepface analyze a.jpg
              deepface analyze album/*.jpg --align none > faces.jsonl
              deepface analyze a.jpg --actions emotion,age --age-model ssrnet --emotion-model oarriaga --pretty
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "img"))
    var images: [String]

    @Option(
        help: ArgumentHelp("What to read, separated by commas. (default: age,gender,emotion,race)", valueName: "list"),
        transform: Self.actions)
    var actions: [Attribute]?

    @Option(help: ArgumentHelp("Age model: \(Self.names(.age)).", valueName: "name"))
    var ageModel = AttributeRegistry.standard(.age).name

    @Option(help: ArgumentHelp("Gender model: \(Self.names(.gender)).", valueName: "name"))
    var genderModel = AttributeRegistry.standard(.gender).name

    @Option(help: ArgumentHelp("Emotion model: \(Self.names(.emotion)).", valueName: "name"))
    var emotionModel = AttributeRegistry.standard(.emotion).name

    @Option(help: ArgumentHelp("Race model: \(Self.names(.race)).", valueName: "name"))
    var raceModel = AttributeRegistry.standard(.race).name

    @OptionGroup var faces: FaceOptions

    func validate() throws {
        if faces.align == .landmarks { throw ValidationError("--align is eyes or none here: there is no template") }
    }

    func run() async throws {
        // A name that is wrong is wrong even where it is not needed.
        for attribute in Attribute.allCases { _ = try AttributeRegistry.model(attribute, named: name(for: attribute)) }
        let models = try (actions ?? Attribute.allCases).map { attribute throws(DeepFaceError) in
            try AttributeRegistry.model(attribute, named: name(for: attribute))
        }
        let deepface = try faces.deepface(faces.options())
        try await PhotoStream(images: images, pretty: faces.pretty).run { photos in
            await deepface.analyzePhotos(photos, models: models)
        } row: { face in
            [
                "\(face.region.w) x \(face.region.h) at (\(face.region.x), \(face.region.y))",
                face.age.map { "\($0) years" }, face.dominantGender, face.dominantEmotion, face.dominantRace,
            ].compactMap(\.self)
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

    /// Commas, and the brackets and quotes of a Python list for those who paste one.
    @Sendable private static func actions(_ text: String) throws -> [Attribute] {
        let words = text.split { ", []()'\"".contains($0) }
        var actions: [Attribute] = []
        for word in words {
            guard let attribute = Attribute(rawValue: word.lowercased()) else {
                throw ValidationError(
                    "'\(word)' is none of \(Attribute.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if !actions.contains(attribute) { actions.append(attribute) }
        }
        guard !actions.isEmpty else { throw ValidationError("--actions names nothing to read") }
        return actions
    }
}
