import Foundation

/// What a part of a multipart form says of itself.
package struct MultipartHead: Equatable {
    /// The field's name.
    package let name: String
    /// The name of the file, without folders; `nil` where the part is no file.
    package let fileName: String?

    /// - Throws: `invalid_request` when it has no name.
    init(_ bytes: some Collection<UInt8>) throws(Problem) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalid("a part's head is not UTF-8")
        }
        var disposition: [String: String] = [:]
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"),
                line[..<colon].lowercased() == "content-disposition"
            else { continue }
            disposition = Self.parameters(of: String(line[line.index(after: colon)...]))
        }
        guard let name = disposition["name"] else { throw .invalid("a part of the form has no name") }
        self.name = name
        let file = disposition["filename*"].flatMap(Self.extended) ?? disposition["filename"]
        fileName = file.map { $0.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? "" }
    }

    /// The parameters of a header's value: `word; name=value; name="value"`.
    static func parameters(of value: String) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = value[...]
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...]
            guard let equals = rest.firstIndex(where: { $0 == "=" || $0 == ";" }), rest[equals] == "=" else { continue }
            let name = rest[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
            rest = rest[rest.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
            var text = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    // Browsers write %22 for a quote; others put a backslash before it. One before anything else is meant.
                    if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                        text.append(next)
                        rest = rest.dropFirst()
                    } else {
                        text.append(character)
                    }
                }
            } else {
                let end = rest.firstIndex(of: ";") ?? rest.endIndex
                text = rest[..<end].trimmingCharacters(in: .whitespaces)
                rest = rest[end...]
            }
            if parameters[name] == nil { parameters[name] = text }
        }
        return parameters
    }

    /// `UTF-8''na%C3%AFve.jpg` (RFC 8187).
    private static func extended(_ text: String) -> String? {
        guard text.lowercased().hasPrefix("utf-8'"), let quote = text.dropFirst(6).firstIndex(of: "'") else {
            return nil
        }
        return String(text[text.index(after: quote)...]).removingPercentEncoding
    }
}
