import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Register: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep the faces of photos in a store, under people's names.",
        discussion: """
            With --name every photo shows that person, and one face only. Without, the people of a folder's photos are \
            named after its sub-folders (team/Alice/1.jpg shows Alice), and the faces of a single photo after the \
            photo. Photos that are registered already are passed over, so a run that was stopped can be repeated.

            Embeddings are kept, photos are not, unless --keep-photos asks for it. --attributes keeps what is read off each \
            face, too, as `deepface analyze` does: `deepface search --where` narrows a search by it.

            EXAMPLES
              deepface register alice-1.jpg alice-2.jpg --name Alice
              deepface register team/ --store sqlite:team.db
              deepface register team/ --attributes age,gender --age-model ssrnet --gender-model oarriaga
              openssl rand -base64 32 > key && deepface register team/ --collection secret --encrypt --key-file key
            """)

    @Argument(help: ArgumentHelp("Photos, and folders of photos.", valueName: "img"))
    var images: [String]

    @Option(help: "Who the photos show.")
    var name: String?

    @OptionGroup var store: StoreOptions

    @Flag(help: "Make the collection an encrypted one: vectors and kept photos by AES-256.")
    var encrypt = false

    @Flag(help: "Keep the photos' files in the store too.")
    var keepPhotos = false

    @Option(
        help: ArgumentHelp(
            "Read these off the faces and keep them: age, gender, emotion, race, with commas between.",
            valueName: "list"),
        transform: AttributeModelOptions.attributes)
    var attributes: [Attribute]?

    @OptionGroup var models: AttributeModelOptions

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let models = try models.models(attributes ?? [])
        let deepface = try shared.deepface()
        let photos = try photos()
        let store = try await store.open(creates: true)
        var registration = Registration()
        registration.collection = self.store.collection
        registration.isEncrypted = encrypt
        registration.keepsPhotos = keepPhotos
        registration.attributes = models
        var progress = Progress("photos", total: photos.count)
        let results = try await deepface.registerPhotos(photos, in: store, registration) { done in
            progress.show(done, of: photos.count)
        }
        progress.clear()
        let summary = Summary(photos.map(\.source.name), results)
        for (photo, result) in zip(photos, results) { (try? result.get())?.rejected.tell(of: photo.source.name) }
        for failure in summary.errors { printToStandardError("deepface: \(failure.error)") }
        if shared.faces.pretty {
            try Output.print(table: summary.table)
        } else {
            try Output.print(summary, spread: true)
        }
        let errors = results.compactMap { result in
            if case .failure(let error) = result { error } else { nil }
        }
        if let first = errors.first { throw ExitCode(ExitStatus(first.code).rawValue) }
    }

    private func photos() throws -> [PhotoToRegister] {
        var photos: [PhotoToRegister] = []
        for image in images {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: image, isDirectory: &isFolder), isFolder.boolValue {
                for photo in try PhotoFolder(image).photos {
                    let folders = photo.path.split(separator: "/").dropLast()
                    photos.append(
                        PhotoToRegister(.path("\(image)/\(photo.path)"), person: name ?? folders.last.map(String.init)))
                }
            } else {
                photos.append(PhotoToRegister(try ImageSource(argument: image), person: name))
            }
        }
        return photos
    }

    /// What is printed.
    private struct Summary: Encodable {
        /// Faces that are new in the store.
        var inserted = 0
        /// Faces that were there already.
        var duplicates = 0
        var samples: [Face] = []
        /// Faces that were turned away for their quality; left out where there is none.
        var rejected: [Rejected]?
        var errors: [Failure] = []

        struct Face: Encodable {
            let img: String
            let id: Int64
            let person: String
            let new: Bool
        }

        struct Failure: Encodable {
            let img: String
            let error: String
        }

        struct Rejected: Encodable {
            let img: String
            let face: RejectedFace

            enum CodingKeys: CodingKey { case img }

            func encode(to encoder: any Encoder) throws {
                try face.encode(to: encoder)
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(img, forKey: .img)
            }
        }

        init(_ names: [String], _ results: [Result<PhotoFaces<AddedFace>, DeepFaceError>]) {
            for (name, result) in zip(names, results) {
                switch result {
                case .success(let photo):
                    let faces = photo.faces
                    inserted += faces.count { $0.isNew }
                    duplicates += faces.count { !$0.isNew }
                    samples += faces.map { Face(img: name, id: $0.id, person: $0.person, new: $0.isNew) }
                    if !photo.rejected.isEmpty {
                        rejected = (rejected ?? []) + photo.rejected.map { Rejected(img: name, face: $0) }
                    }
                case .failure(let error):
                    errors.append(Failure(img: name, error: "\(error)"))
                }
            }
        }

        var table: [[String]] {
            samples.map { [$0.img, $0.person, $0.new ? "registered" : "there already"] }
                + [["\(inserted) new, \(duplicates) there already, \(errors.count) photos refused"]]
        }
    }
}
