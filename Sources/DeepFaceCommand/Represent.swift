import ArgumentParser
import DeepFace
import Foundation
import TemplateProtection

struct Represent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn the faces of photos into embeddings.",
        discussion: """
            Prints a list with an entry for each face of the photo. For several photos it prints a line for each, in \
            the order given: {"img": …, "results": […]}, or {"img": …, "error": …} for a photo that failed.

            EXAMPLES
              deepface represent a.jpg
              deepface represent a.jpg --model Facenet512 --l2
              deepface represent album/*.jpg --no-enforce-detection > embeddings.jsonl
              deepface protect keygen turn.key && deepface represent a.jpg --protect turn.key
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "img"))
    var images: [String]

    @OptionGroup var shared: SharedOptions

    @Flag(help: "Bring the embedding's numbers to 0…1, by the range measured for the model.")
    var minmax = false

    @Flag(help: "Bring the embedding's length to 1.")
    var l2 = false

    @OptionGroup var protection: ProtectOptions

    func validate() throws {
        if protection.protect != nil, minmax || l2 {
            throw ValidationError("--protect scales by itself: leave --minmax and --l2 away")
        }
    }

    func run() async throws {
        let deepface = try shared.deepface()
        if let protector = try protection.protector(for: deepface) { return try await run(deepface, protector) }
        let model = deepface.options.model
        try await shared.tellPrecision(of: deepface, on: images)
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { [minmax, l2] photos in
            await deepface.representPhotos(photos).map { result in
                result.map { photo in
                    photo.map { face in
                        Representation(
                            embedding: model.scaled(face.embedding, minMax: minmax, unitLength: l2),
                            facialArea: face.facialArea, faceConfidence: face.faceConfidence)
                    }
                }
            }
        } row: { face in
            let numbers = face.embedding.prefix(4).map { String(format: "%.4f", $0) }.joined(separator: " ")
            return [
                "\(face.facialArea.w) x \(face.facialArea.h)", "\(face.faceConfidence)", "\(face.embedding.count)",
                "\(numbers) …",
            ]
        }
    }

    private func run(_ deepface: DeepFace, _ protector: TemplateProtector) async throws {
        try await shared.tellPrecision(of: deepface, on: images)
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { photos in
            Self.protected(await deepface.representPhotos(photos), protector)
        } row: { (template: ProtectedTemplate) -> [String] in
            let area = template.facialArea
            let size = template.protection.bits.map { "\($0) signs" } ?? "\(protector.dimensions) numbers"
            return [
                "\(area.w) x \(area.h)", "\(template.faceConfidence)", size,
                "\(template.protection.scheme.rawValue), key \(template.protection.keyID)",
            ]
        }
    }

    private static func protected(
        _ photos: [Result<PhotoFaces<Representation>, DeepFaceError>], _ protector: TemplateProtector
    ) -> [Result<PhotoFaces<ProtectedTemplate>, DeepFaceError>] {
        photos.map { photo in
            Result { () throws(DeepFaceError) in
                let photo = try photo.get()
                return PhotoFaces(faces: try photo.faces.map(protector.protect), rejected: photo.rejected)
            }
        }
    }
}
