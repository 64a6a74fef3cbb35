/// Reads the conditions of an `AttributeFilter` out of a text.
struct AttributeFilterReader {
    private let text: String
    private var rest: Substring

    init(_ text: String) { (self.text, rest) = (text, text[...]) }

    mutating func conditions() throws(DeepFaceError) -> [AttributeFilter.Condition] {
        var conditions: [AttributeFilter.Condition] = []
        while true {
            skip { $0.isWhitespace || $0 == "," }
            guard !rest.isEmpty else { break }
            let name = take(while: \.isLetter)
            if name.lowercased() == "and", !conditions.isEmpty { continue }
            conditions += try condition(named: name)
        }
        guard !conditions.isEmpty else {
            throw wrong("the filter has no condition", "write for instance gender=woman age<40")
        }
        return conditions
    }

    private mutating func condition(named name: String) throws(DeepFaceError) -> [AttributeFilter.Condition] {
        guard let attribute = Attribute(rawValue: name.lowercased()) else {
            let names = Attribute.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong("a filter's condition begins with '\(name.isEmpty ? word() : name)'", "attributes are \(names)")
        }
        skip(while: \.isWhitespace)
        let sign = take { "=!<>".contains($0) }
        guard let comparison = AttributeFilter.Comparison(rawValue: sign == "==" ? "=" : sign) else {
            let signs = AttributeFilter.Comparison.allCases.map(\.rawValue).joined(separator: ", ")
            throw wrong(
                "after \(attribute.rawValue) a filter has '\(sign.isEmpty ? word() : sign)'",
                "one of \(signs) belongs there")
        }
        skip(while: \.isWhitespace)
        let operand = try value(of: attribute)
        return attribute == .age ? try ages(comparison, operand) : [try label(attribute, comparison, operand)]
    }

    private func ages(
        _ comparison: AttributeFilter.Comparison, _ word: String
    ) throws(DeepFaceError) -> [AttributeFilter.Condition] {
        let ends = word.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        let years = ends.compactMap(\.self)
        guard years.count == ends.count, years.allSatisfy({ (0...150).contains($0) }) else {
            throw wrong("an age is compared with '\(word)'", "whole years, 0 to 150, belong there")
        }
        func condition(_ comparison: AttributeFilter.Comparison, _ years: Int) -> AttributeFilter.Condition {
            .init(attribute: .age, comparison: comparison, value: .years(years))
        }
        if years.count == 1 { return [condition(comparison, years[0])] }
        guard years.count == 2, years[0] <= years[1], comparison == .equal else {
            throw wrong("'\(word)' is no range of ages here", "write for instance age=20-29")
        }
        return [condition(.atLeast, years[0]), condition(.atMost, years[1])]
    }

    private func label(
        _ attribute: Attribute, _ comparison: AttributeFilter.Comparison, _ word: String
    ) throws(DeepFaceError) -> AttributeFilter.Condition {
        guard comparison == .equal || comparison == .unequal else {
            throw wrong("\(attribute.rawValue) is compared by \(comparison.rawValue)", "words are compared by = and !=")
        }
        let plain = String(word.lowercased().map { "_-".contains($0) ? " " : $0 })
        guard let label = attribute.labels.first(where: { $0.lowercased() == plain }) else {
            throw wrong(
                "no \(attribute.rawValue) is called '\(word)'",
                "choose one of \(attribute.labels.joined(separator: ", "))")
        }
        return .init(attribute: attribute, comparison: comparison, value: .label(label))
    }

    /// A word, or what stands between quotation marks.
    private mutating func value(of attribute: Attribute) throws(DeepFaceError) -> String {
        if let mark = rest.first, mark == "'" || mark == "\"" {
            rest.removeFirst()
            let inside = take { $0 != mark }
            guard !rest.isEmpty else { throw wrong("a quotation mark is not closed", nil) }
            rest.removeFirst()
            return inside
        }
        let word = take { !$0.isWhitespace && $0 != "," }
        guard !word.isEmpty else { throw wrong("\(attribute.rawValue) is compared with nothing", nil) }
        return word
    }

    // MARK: Characters

    private mutating func take(while belongs: (Character) -> Bool) -> String {
        let taken = rest.prefix(while: belongs)
        rest = rest[taken.endIndex...]
        return String(taken)
    }

    private mutating func skip(while belongs: (Character) -> Bool) { _ = take(while: belongs) }

    /// What stands there, for an error.
    private func word() -> String { String(rest.prefix { !$0.isWhitespace }.prefix(40)) }

    private func wrong(_ what: String, _ advice: String?) -> DeepFaceError {
        DeepFaceError(.invalidOption, what, input: text, advice: advice)
    }
}
