import DeepFace
import Foundation
import Yams

/// A file that says how to serve, in YAML or JSON, which YAML holds.
public enum SettingsFile {
    /// The names of what it sets, in order.
    ///
    /// - Throws: `unreadableInput` when it is not readable, or not a list of names and values.
    public static func names(in path: String) throws(DeepFaceError) -> [String] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw DeepFaceError(.unreadableInput, "the configuration is not a file of text", input: path)
        }
        let content: Any?
        do {
            content = try Yams.load(yaml: text)
        } catch {
            throw DeepFaceError(.unreadableInput, "the configuration cannot be read: \(error)", input: path)
        }
        // An empty file is one that sets nothing.
        guard let content, !(content is NSNull) else { return [] }
        guard let values = content as? [String: Any] else {
            throw DeepFaceError(
                .unreadableInput, "the configuration is not of names and values", input: path,
                advice: "write a line an option, as port: 8080")
        }
        return values.keys.sorted()
    }
}
