import Foundation

/// Text for a page: what users named cannot become markup.
enum HTMLText {
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A link to a file, as seen from a folder.
    static func link(_ name: String, to file: String, from folder: URL) -> String {
        let target = URL(fileURLWithPath: file).standardizedFileURL.pathComponents
        let base = folder.standardizedFileURL.pathComponents
        let common = zip(target, base).prefix { $0 == $1 }.count
        let steps = Array(repeating: "..", count: base.count - common) + target.dropFirst(common)
        let safe = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        let path = steps.map { $0.addingPercentEncoding(withAllowedCharacters: safe) ?? "" }.joined(separator: "/")
        return "<a href=\"./\(path)\">\(escaped(name))</a>"
    }

    /// `99.67 %`, or `n/a`.
    static func percent(_ share: Double?, places: Int = 2) -> String {
        share.map { String(format: "%.\(places)f %%", $0 * 100) } ?? "n/a"
    }

    /// `0.4321`, or `n/a`.
    static func number(_ value: Double?, places: Int = 4) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? "n/a"
    }
}
