import DeepFace
import Foundation

/// Standard output: JSON and nothing else.
enum Output {
    /// Prints one document; `spread` over several lines for people, else in one.
    static func print(_ value: some Encodable, spread: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            spread ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        var line = try encoder.encode(value)
        line.append(UInt8(ascii: "\n"))
        try write(line)
    }

    /// Prints a table, its columns as wide as they need to be.
    static func print(table rows: [[String]]) throws(DeepFaceError) {
        guard let columns = rows.map(\.count).max() else { return }
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padding(toLength: widths[index], withPad: " ", startingAt: 0)
            }
            return cells.joined(separator: "  ") + "\n"
        }
        try write(Data(lines.joined().utf8))
    }

    private static func write(_ data: Data) throws(DeepFaceError) {
        do {
            try FileHandle.standardOutput.write(contentsOf: data)
        } catch {
            throw DeepFaceError(.unwritableOutput, "standard output cannot be written", advice: "is the disk full?")
        }
    }
}
