import DeepFace
import Foundation

/// Writes what was matched: JSON, a line for each face. The file is there when it is whole.
public final class MatchFile {
    private let file: PartFile
    private let encoder = JSONEncoder()
    /// Faces that were looked for, and those of them that have a match.
    public private(set) var faces = 0
    public private(set) var matched = 0

    /// - Parameter url: the file; `nil`: standard output.
    public init(_ url: URL?) throws(DeepFaceError) {
        file = try PartFile(url)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    public func write(_ portion: [MatchedFace]) throws(DeepFaceError) {
        for face in portion {
            do {
                try file.write(encoder.encode(face) + Data("\n".utf8))
            } catch {
                throw error as? DeepFaceError ?? DeepFaceError(.engine, "a match cannot be written as JSON: \(error)")
            }
            faces += 1
            if !face.matches.isEmpty { matched += 1 }
        }
    }

    /// The file is whole now.
    public func end() throws(DeepFaceError) { try file.end() }
}
