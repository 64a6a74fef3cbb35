/// The text format that Prometheus reads, version 0.0.4.
enum Exposition {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// A name with letters, digits and underscores only.
    static func name(_ label: String) -> String {
        let name = label.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == ":" ? $0 : "_" }
        return name.first?.isNumber == true ? "_" + String(name) : String(name)
    }

    /// `name="value",…`, by name.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }
            .map { name, value in
                let escaped = value.reduce(into: "") { text, character in
                    switch character {
                    case "\\": text += "\\\\"
                    case "\"": text += "\\\""
                    case _ where character.isNewline: text += "\\n"
                    default: text.append(character)
                    }
                }
                return "\(self.name(name))=\"\(escaped)\""
            }
            .joined(separator: ",")
    }

    static func text(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        if value == -.infinity { return "-Inf" }
        if value.isNaN { return "NaN" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
