import DeepFace
import Foundation

/// A file of faces: JSON, a line each.
///
/// The first line of a collection tells how its embeddings were made; its faces follow, and after the last collection a
/// line that tells how many faces there are, so that a file that ends too early is known as such.
///
///     {"collection":{"version":1,"name":…,"recipe":{…},"dimensions":128,"encrypted":false}}
///     {"face":{"person":…,"img_name":…,"hash":…,"facial_area":{…},"face_confidence":0.99,"created":…,"embedding":…,"photo":…}}
///     {"end":{"faces":1}}
///
/// `attributes`, where any were read, are those of `FaceAttributes`. `embedding` is base64 of numbers of 32 bits, the
/// lowest byte first; `photo` base64 of the photo's file, where that
/// was kept; `created` seconds since 1970. In an encrypted collection both are encrypted by AES-256-GCM (nonce, content,
/// tag), bound to the face's photo and place.
struct FaceFileLine: Codable {
    var collection: Head?
    var face: Face?
    var end: End?

    struct Head: Codable {
        /// Raise when an older program must not read the file.
        var version = Self.current
        var name: String
        var recipe: EmbeddingRecipe
        var dimensions: Int
        var encrypted: Bool
        /// Nothing, encrypted: tells whether a key is the right one before any face is read.
        var keyCheck: Data?

        static let current = 1
        static let keyCheckPlace = "exported collection"

        enum CodingKeys: String, CodingKey {
            case version, name, recipe, dimensions, encrypted
            case keyCheck = "key_check"
        }
    }

    struct Face: Codable {
        var person, image, hash: String
        var facialArea: FacialArea
        var faceConfidence, created: Double
        var embedding: Data
        var photo: Data?
        var attributes: FaceAttributes?

        enum CodingKeys: String, CodingKey {
            case person, hash, created, embedding, photo, attributes
            case image = "img_name"
            case facialArea = "facial_area"
            case faceConfidence = "face_confidence"
        }

        /// Where what is encrypted belongs.
        func place(_ what: String) -> String {
            "exported \(what) of \(hash) \(facialArea.x) \(facialArea.y) \(facialArea.w) \(facialArea.h)"
        }
    }

    struct End: Codable {
        var faces: Int
    }
}
