import ArgumentParser
import DeepFace
import Foundation

struct Represent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn the faces of photos into embeddings.",
        discussion: """
            Prints a list with an entry for each face of the photo. For several photos it prints a line for each, in \
            the order given: {"img": …, "results": […]}, or {"img": …, "error": …} for a photo that failed.

            EXAMPLES
              deepface represent a.jpg
              deepface represent album/*.jpg --no-enforce-detection > embeddings.jsonl
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "img"))
    var images: [String]

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let deepface = try shared.deepface()
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { photos in
            await deepface.represent(photos)
        } row: { face in
            let numbers = face.embedding.prefix(4).map { String(format: "%.4f", $0) }.joined(separator: " ")
            return [
                "\(face.facialArea.w) x \(face.facialArea.h)", "\(face.faceConfidence)", "\(face.embedding.count)",
                "\(numbers) …",
            ]
        }
    }
}
