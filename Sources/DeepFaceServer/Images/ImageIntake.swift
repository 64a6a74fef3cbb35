import DeepFace
import Foundation

/// Turns what a request says of an image into an image source, as far as this server allows.
struct ImageIntake: Sendable {
    /// Files that may be named; `nil`: none.
    let files: ConfinedFiles?
    /// Whether web addresses may be named; which ones is the fetcher's business.
    let takesAddresses: Bool

    /// - Parameter field: the image's name in the request.
    /// - Throws: `missing` when the field is not there, else why the image is not taken.
    func source(_ field: String, of form: Form) async throws -> ImageSource {
        switch form[field] {
        case .file(let file):
            return .data(Data(file.bytes), name: file.name.map { Self.displayName($0) } ?? field)
        case .text(let text), .json(.string(let text)):
            return try await source(text, name: field)
        case nil, .json(.null): throw Problem(.badRequest, "missing_image", "\(field) is missing")
        default: throw Problem.invalid("\(field) is neither a file nor a text")
        }
    }

    /// - Parameter text: a data URL, an address, a path, or base64 digits.
    func source(_ text: String, name: String) async throws -> ImageSource {
        let start = text.prefix(8).lowercased()
        if start.hasPrefix("data:") {
            guard text.prefix(11).lowercased() == "data:image/" else {
                throw Problem.invalid("\(name) is a data URL, and not one of an image")
            }
            return .dataURL(text)
        }
        if start.hasPrefix("http://") || start.hasPrefix("https://") {
            guard takesAddresses, let url = URL(string: text) else {
                throw Problem(
                    .badRequest, "not_allowed",
                    "\(name) is a web address, and this server fetches none; send the file itself")
            }
            return .url(url)
        }
        if let files, text.utf8.count < 4096, !text.utf8.contains(0) {
            do throws(DeepFaceError) {
                return .data(try await files.content(of: text), name: text)
            } catch {
                guard let data = Self.image(base64: text) else { throw error }
                return .data(data, name: name)
            }
        }
        if let data = Self.image(base64: text) { return .data(data, name: name) }
        if text.isEmpty { throw Problem.invalid("\(name) is empty") }
        guard text.utf8.count < 4096 else {
            throw Problem.invalid("\(name) is neither a data:image/…;base64, string nor an image in base64 digits")
        }
        throw Problem(
            .badRequest, "not_allowed",
            "\(name) is no image in base64 digits, and this server reads no files by their paths; send the file itself")
    }

    /// The bytes, where the digits are those of an image.
    private static func image(base64 text: String) -> Data? {
        // JPEG, PNG, WebP, BMP: what such files begin with.
        guard ["/9j/", "iVBORw0KGgo", "UklGR", "Qk"].contains(where: text.hasPrefix) else { return nil }
        return Data(base64Encoded: text.filter { !$0.isWhitespace })
    }

    /// A file's name as it is kept and shown: no controls, not too long.
    static func displayName(_ name: String) -> String {
        let clean = name.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: Character("?")
            default: Character(scalar)
            }
        }
        return String(String(clean).prefix(200))
    }
}
