import Foundation

/// One line of comma-separated values (RFC 4180): a cell with commas or quotes stands in quotes, its quotes doubled.
enum CSVLine {
    /// The cells, without the blanks around them.
    static func cells(_ line: PairsLine, _ separator: Character) throws(DeepFaceError) -> [String] {
        var cells: [String] = []
        var rest = line.text
        while true {
            rest = rest.drop { $0 == " " }
            if rest.first == "\"" {
                cells.append(try quotedCell(&rest, line))
                rest = rest.drop { $0 == " " }
                guard rest.isEmpty || rest.first == separator else {
                    throw line.error("something follows a closing quote")
                }
            } else {
                let end = rest.firstIndex(of: separator) ?? rest.endIndex
                cells.append(rest[..<end].trimmingCharacters(in: .whitespaces))
                rest = rest[end...]
            }
            guard !rest.isEmpty else { return cells }
            rest.removeFirst()
        }
    }

    private static func quotedCell(_ rest: inout Substring, _ line: PairsLine) throws(DeepFaceError) -> String {
        rest.removeFirst()
        var cell = ""
        while let quote = rest.firstIndex(of: "\"") {
            cell += rest[..<quote]
            rest = rest[rest.index(after: quote)...]
            guard rest.first == "\"" else { return cell }
            cell.append(rest.removeFirst())
        }
        throw line.error("a quote is not closed")
    }

    /// Cells as a line of a file.
    static func text(_ cells: [String]) -> String { cells.map(written).joined(separator: ",") + "\n" }

    private static func written(_ cell: String) -> String {
        let plain =
            !cell.contains { ",\"".contains($0) || $0.isNewline } && cell == cell.trimmingCharacters(in: .whitespaces)
        return plain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
