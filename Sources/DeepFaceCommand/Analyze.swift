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
        transform: AttributeModelOptions.attributes)
    var actions: [Attribute]?

    @OptionGroup var models: AttributeModelOptions

    @OptionGroup var faces: FaceOptions

    func validate() throws {
        if faces.align == .landmarks { throw ValidationError("--align is eyes or none here: there is no template") }
    }

    func run() async throws {
        let models = try models.models(actions ?? Attribute.allCases)
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
}
