import Foundation
import VectorIndex

/// Which person each face of a gallery was found to be, beside the gallery: so that people keep their numbers and names.
struct ClusterFile: Codable, Equatable {
    /// The number of the person that a face was, by the photo's digest and the face's place.
    var numbers: [String: Int] = [:]
    var names: [Int: String] = [:]
    /// The next number that is given.
    var next = 1
    private var version = Self.version

    /// Raise when what is kept changes its meaning.
    private static let version = 1

    /// The name of the person that a face was.
    func name(of face: String) -> String? { numbers[face].flatMap { names[$0] } }

    static func url(of gallery: URL) -> URL { gallery.appendingPathExtension("clusters") }

    /// What is kept beside a gallery.
    ///
    /// - Throws: `unreadableInput` when it is there and cannot be used.
    init(of gallery: URL) throws(DeepFaceError) {
        let url = Self.url(of: gallery)
        let bytes: [UInt8]
        do throws(RegularFile.Problem) {
            bytes = try RegularFile.bytes(of: url.path)
        } catch {
            if case .missing = error { return }
            throw Self.unusable(url, "\(error)")
        }
        guard let kept = try? JSONDecoder().decode(Self.self, from: Data(bytes)), kept.version == Self.version else {
            throw Self.unusable(url, "it is damaged, or of another version")
        }
        self = kept
    }

    /// Writes it beside a gallery.
    ///
    /// - Throws: `unwritableOutput`.
    func write(beside gallery: URL) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let content = try? encoder.encode(self) else {
            throw DeepFaceError(.engine, "people's numbers cannot be written as JSON")
        }
        let url = Self.url(of: gallery)
        do throws(DeepFaceError) {
            try AtomicFile.write(content, to: url)
        } catch {
            throw DeepFaceError(
                error.code, "people's numbers \(error.message)", input: url.path,
                advice: "keep the gallery elsewhere with --gallery FILE")
        }
    }

    private static func unusable(_ url: URL, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unreadableInput, "people's numbers of earlier runs cannot be used: \(reason)", input: url.path,
            advice: "delete the file to have people numbered anew")
    }
}
