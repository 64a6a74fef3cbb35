import DeepFace
import Foundation

/// The first line of an ensemble's file. The rest is one JSON document, whose digest it tells.
private struct EnsembleHead: Codable {
    let format: String
    let version: Int
    /// Of the bytes below the first line, 64 hexadecimal digits.
    let sha256: String

    static let format = "deepface-ensemble"
    static let version = 1
}

extension Ensemble {
    /// The ensemble that a file holds.
    ///
    /// - Throws: `unreadableInput` when there is none, or it is damaged or of a later version.
    public init(contentsOf path: String) throws(DeepFaceError) {
        do throws(DeepFaceError) {
            let content: [UInt8]
            do throws(RegularFile.Problem) {
                content = try RegularFile.bytes(of: path, limit: 1 << 28)
            } catch {
                throw DeepFaceError(.unreadableInput, error.description)
            }
            self = try Self.read(Data(content))
        } catch {
            guard error.code == .unreadableInput else { throw error }
            throw DeepFaceError(
                .unreadableInput, "the ensemble cannot be read: \(error.message)", input: path,
                advice: error.advice ?? "make one with: deepface ensemble train")
        }
    }

    private static func read(_ content: Data) throws(DeepFaceError) -> Ensemble {
        func refuse(_ reason: String) -> DeepFaceError { DeepFaceError(.unreadableInput, reason) }
        let end = content.firstIndex(of: UInt8(ascii: "\n")) ?? content.endIndex
        guard let head = try? JSONDecoder().decode(EnsembleHead.self, from: content[..<end]),
            head.format == EnsembleHead.format
        else { throw refuse("the file is not one of deepface ensemble") }
        guard head.version == EnsembleHead.version else {
            throw DeepFaceError(
                .unreadableInput, "its format is version \(head.version), and \(EnsembleHead.version) is read here",
                advice: "use a deepface that is as new as the file")
        }
        let body = content[end...].dropFirst()
        guard WeightStore.sha256(body) == head.sha256 else { throw refuse("the file is damaged") }
        guard let document = try? JSONDecoder().decode(EnsembleDocument.self, from: body) else {
            throw refuse("something is missing in it")
        }
        return try document.ensemble()
    }

    /// Writes it to a file, whole or not at all.
    ///
    /// - Throws: `unwritableOutput`.
    public func write(to url: URL) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let body = try? encoder.encode(EnsembleDocument(self)) + Data("\n".utf8),
            let head = try? encoder.encode(
                EnsembleHead(
                    format: EnsembleHead.format, version: EnsembleHead.version, sha256: WeightStore.sha256(body)))
        else { throw DeepFaceError(.unwritableOutput, "the ensemble has no JSON", input: url.path) }
        try AtomicFile.write(head + Data("\n".utf8) + body, to: url)
    }
}
