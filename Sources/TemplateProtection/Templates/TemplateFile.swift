import DeepFace
import Foundation

/// What commands print of photos, read back: a list for the faces of one photo, or a line of JSON for each of several.
public enum TemplateFile<Template: Codable & Sendable>: Sendable {
    case photo([Template])
    case photos([Line])

    public struct Line: Sendable, Codable {
        public let img: String
        public let results: [Template]
    }

    /// A line for a photo that failed.
    private struct FailedLine: Decodable {
        let img: String
        let results: [Template]?
    }

    /// - Parameters:
    ///   - what: what the file should hold, in words.
    ///   - advice: how it is made.
    /// - Throws: `unreadableInput`.
    public init(contentsOf path: String, of what: String, advice: String) throws(DeepFaceError) {
        let content: Data
        do throws(RegularFile.Problem) {
            content = Data(try RegularFile.bytes(of: path, limit: 1 << 30))
        } catch {
            throw DeepFaceError(.unreadableInput, "the file: \(error)", input: path, advice: advice)
        }
        let decoder = JSONDecoder()
        if let templates = try? decoder.decode([Template].self, from: content) {
            self = .photo(templates)
            return
        }
        var lines: [Line] = []
        for (number, line) in content.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let line = try? decoder.decode(FailedLine.self, from: Data(line)) else {
                throw DeepFaceError(
                    .unreadableInput, number == 0 ? "the file holds no \(what)" : "line \(number + 1) holds no \(what)",
                    input: path, advice: advice)
            }
            if let results = line.results { lines.append(Line(img: line.img, results: results)) }
        }
        guard !lines.isEmpty else {
            throw DeepFaceError(.unreadableInput, "the file holds no \(what)", input: path, advice: advice)
        }
        self = .photos(lines)
    }

    /// The templates of all photos.
    public var all: [Template] {
        switch self {
        case .photo(let templates): templates
        case .photos(let lines): lines.flatMap(\.results)
        }
    }

    /// The same with other templates.
    public func map<Other>(
        _ body: (Template) throws(DeepFaceError) -> Other
    ) throws(DeepFaceError) -> TemplateFile<Other> {
        switch self {
        case .photo(let templates): return .photo(try templates.map(body))
        case .photos(let lines):
            var others: [TemplateFile<Other>.Line] = []
            for line in lines { others.append(.init(img: line.img, results: try line.results.map(body))) }
            return .photos(others)
        }
    }
}

extension TemplateFile where Template == ProtectedTemplate {
    /// What `deepface represent --protect` has printed.
    ///
    /// - Throws: `unreadableInput`.
    public init(contentsOf path: String) throws(DeepFaceError) {
        try self.init(
            contentsOf: path, of: "protected templates",
            advice: "make it with: deepface represent IMG --protect KEYFILE")
    }
}
